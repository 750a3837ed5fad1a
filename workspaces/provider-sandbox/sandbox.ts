import { answerErrors, createApp } from '@postrider/shared/service/http-server.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { behaviourRoutes } from './behaviours/routes.ts';
import { RuleBook } from './behaviours/rule-book.ts';
import type { CallbackSecrets } from './callbacks/call.ts';
import { Reporter } from './callbacks/reporter.ts';
import { reportRoutes } from './callbacks/routes.ts';
import type { SandboxSettings } from './config.ts';
import { discordRoute } from './discord/webhook-route.ts';
import { firebaseRoutes } from './firebase/messages-route.ts';
import { listenHttp } from './http-listener.ts';
import { mailgunRoute } from './mailgun/messages-route.ts';
import { messagebirdRoute } from './messagebird/messages-route.ts';
import { onesignalRoute } from './onesignal/notifications-route.ts';
import { pageRoutes } from './page/routes.ts';
import { ReceivedStore } from './received/received-store.ts';
import { receivedRoutes } from './received/routes.ts';
import { sendgridRoute } from './sendgrid/mail-send-route.ts';
import { slackRoute } from './slack/webhook-route.ts';
import { listenSmtp } from './smtp/smtp-listener.ts';
import { messagesRoute } from './twilio/messages-route.ts';
import { createWebhookHandler } from './webhooks/webhook-handler.ts';

export interface Sandbox {
  port: number;
  smtpPort: number;
  close(): Promise<void>;
}

/** The providers' side of every wire in one process. Tests start it in their own, on ports of its choice. */
export async function startSandbox(
  settings: Pick<SandboxSettings, 'HOST' | 'PORT' | 'SMTP_PORT' | 'MAX_RECEIVED'> & CallbackSecrets,
  logger: Logger,
): Promise<Sandbox> {
  const service = 'provider-sandbox';
  const reporter = new Reporter(settings, logger);
  const received = new ReceivedStore({
    capacity: settings.MAX_RECEIVED,
    onArrival: (arrival) => void reporter.onArrival(arrival),
  });
  const rules = new RuleBook();

  const app = createApp({ service, registry: createRegistry(service), logger, notReady: async () => undefined });
  app.use(messagesRoute({ rules, received }));
  app.use(sendgridRoute({ rules, received }));
  app.use(mailgunRoute({ rules, received }));
  for (const route of [messagebirdRoute, firebaseRoutes, onesignalRoute, slackRoute, discordRoute]) {
    app.use(route({ rules, received }));
  }
  app.use(behaviourRoutes(rules));
  app.use(receivedRoutes(received));
  app.use(reportRoutes(reporter, received));
  app.use(pageRoutes(received));
  answerErrors(app, logger);

  const smtp = await listenSmtp({ rules, received, logger }, settings.HOST, settings.SMTP_PORT);
  try {
    const http = await listenHttp(createWebhookHandler({ rules, received }), app, settings);
    return {
      port: http.port,
      smtpPort: smtp.port,
      close: async () => {
        await Promise.all([http.close(), smtp.close()]);
      },
    };
  } catch (error) {
    await smtp.close();
    throw error;
  }
}
