import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { RuleBook } from '../behaviours/rule-book.ts';
import type { ReceivedStore } from '../received/received-store.ts';
import { answerAs, type Done } from './answer.ts';
import { receiveMail } from './mail-reception.ts';
import { unknownMailbox } from './reply.ts';

const MAX_MAIL_BYTES = 10 * 1024 * 1024;

interface SmtpDependencies {
  rules: RuleBook;
  received: ReceivedStore;
  logger: Logger;
}

/** A mail server without TLS that takes any credentials, or none. */
export async function listenSmtp(
  { logger, ...stores }: SmtpDependencies,
  host: string,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = new SMTPServer({
    name: 'sandbox',
    size: MAX_MAIL_BYTES,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 1,
    // Clients, not the sandbox, close idle connections.
    socketTimeout: 10 * 60_000,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anybody' }),
    onRcptTo: ({ address }, _session, done) => {
      // The one thing that is refused before the mail itself is sent.
      const unknown = /^unknown(?:\+.*)?@/i.test(address);
      if (unknown) stores.received.refuse('email', 'reject');
      done(unknown ? unknownMailbox() : null);
    },
    onData: (stream, session, done) => void takeMail(stream, session, done),
  });
  // Connections that break off are the purpose of this program.
  server.on('error', (error) => logger.debug({ err: error }, 'SMTP connection'));

  async function takeMail(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    const { mailFrom, rcptTo } = session.envelope;
    const envelope = { sender: mailFrom ? mailFrom.address : '', recipients: rcptTo.map(({ address }) => address) };
    try {
      const source = await buffer(stream);
      // The reply is then 552, whatever `done` is told.
      if (stream.sizeExceeded) return done();
      const { behaviour, messageId } = await receiveMail(stores, source, envelope);
      const socket = socketOf(server, session);
      if (socket) answerAs(behaviour, socket, messageId, done);
    } catch (error) {
      logger.debug({ err: error }, 'an unreadable mail');
      done(Object.assign(new Error('5.6.0 the message cannot be read'), { responseCode: 554 }));
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** smtp-server gives its handlers no way to close a connection without a reply; undefined once it is closed. */
function socketOf(server: SMTPServer, session: SMTPServerSession): Socket | undefined {
  for (const connection of server.connections) if (connection.id === session.id) return connection._socket;
  return undefined;
}
