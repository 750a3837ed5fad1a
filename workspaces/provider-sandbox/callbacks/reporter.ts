import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@postrider/shared/service/logger.ts';
import type { Arrival } from '../received/arrival.ts';
import type { Call, CallbackSecrets, ComposeCall, Report } from './call.ts';
import { mailgunCall } from './mailgun.ts';
import { messagebirdCall } from './messagebird.ts';
import { sendgridCall } from './sendgrid.ts';
import { twilioCall } from './twilio.ts';

const WIRES: readonly ComposeCall[] = [twilioCall, messagebirdCall, sendgridCall, mailgunCall];
const DELAY_MS = 100;
const TIME_LIMIT_MS = 10_000;
/** A receiver that does not answer 2xx is asked again, with a pause before; the real ones go on for hours. */
const TRIES = 5;

export interface ReportRule {
  /** Part of the recipient; every recipient when left out. */
  match?: string | undefined;
  report: Report | 'none';
}

/** Calls back as the providers do, when a message says where to, or the sandbox was told at its start. */
export class Reporter {
  readonly #secrets: CallbackSecrets;
  readonly #logger: Logger;
  #rules: ReportRule[] = [];

  constructor(secrets: CallbackSecrets, logger: Logger) {
    this.#secrets = secrets;
    this.#logger = logger;
  }

  /** The newest rule is asked first. */
  addRule(rule: ReportRule): void {
    this.#rules = [rule, ...this.#rules.filter(({ match }) => match !== rule.match)];
  }

  clearRules(): void {
    this.#rules = [];
  }

  /** Reports `delivered`, or what the rule of its recipient says, once. */
  async onArrival(arrival: Arrival): Promise<void> {
    if (arrival.channel !== 'sms' && arrival.channel !== 'email') return;
    const rule = this.#rules.find(({ match = '' }) => arrival.recipient.includes(match));
    const report = rule?.report ?? 'delivered';
    if (report === 'none') return;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      await delay(DELAY_MS * tries);
      const status = await this.report(arrival, report);
      if (status === undefined || status < 300) return;
      this.#logger.debug({ status, tries }, 'a callback was not taken');
    }
  }

  /** Answers the receiver's status; 0 without an answer, undefined where there is nobody to call. */
  async report(arrival: Arrival, report: Report): Promise<number | undefined> {
    const call = this.#compose(arrival, report);
    if (!call) return undefined;
    const { url, method, headers, body } = call;
    try {
      const signal = AbortSignal.timeout(TIME_LIMIT_MS);
      const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  }

  #compose(arrival: Arrival, report: Report): Call | undefined {
    for (const compose of WIRES) {
      const call = compose(arrival, report, this.#secrets, new Date());
      if (call) return call;
    }
    return undefined;
  }
}
