import type { ProviderName } from './channels.ts';
import type { ErrorClass } from './send-result.ts';

/** What a provider says, after it has accepted a message, of its way to one recipient. Only what is final. */
export type ReportedOutcome =
  | { outcome: 'delivered' }
  | {
      outcome: 'failed';
      errorClass: ErrorClass;
      /** False: sending the same again cannot help. */
      retryable: boolean;
      /** The provider's own code. */
      code?: string;
      /** One line for people; holds no recipient. */
      detail: string;
    };

export interface ReportDocument {
  /** `<event id>:<attempt>:<recipient's hash>`: of two reports on the same, the first one counts. */
  _id: string;
  eventId: string;
  attempt: number;
  provider: ProviderName;
  outcome: 'delivered' | 'failed';
  errorClass?: ErrorClass;
  retryable?: boolean;
  code?: string;
  detail?: string;
  receivedAt: Date;
  /** When it is to be looked at again: nothing has come of it yet. */
  dueAt?: Date;
}

/**
 * What all reports on one attempt come to, or undefined while that is open. One message has one status: it is delivered when one
 * recipient has it, because a further attempt would reach that one twice; it has failed when it reached none of them.
 */
export function verdictOf(reports: ReportDocument[], recipients: number): ReportDocument | undefined {
  const delivered = reports.find(({ outcome }) => outcome === 'delivered');
  if (delivered) return delivered;
  const failed = reports.filter(({ outcome }) => outcome === 'failed');
  if (failed.length < recipients) return undefined;
  // Worth another try when it is for one of them.
  return failed.find(({ retryable }) => retryable) ?? failed[0];
}
