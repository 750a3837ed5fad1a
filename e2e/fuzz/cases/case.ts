import type { Transmission } from '../wire/connection.ts';

/** One thing that is done to a service, and what is known of the answer beforehand. */
export interface Case extends Transmission {
  service: 'ingestion' | 'retry';
  /** What it is made of, for the report. */
  kind: string;
  /** Hardly HTTP: the server may hang up on it without a word, and what it leaves on the connection must not meet the next case. */
  rubbish?: boolean;
  /** The only faulty field: the answer must be a 400 that names it. */
  fault?: string;
  /** Nothing is wrong with it: it must be accepted, unless its key was used before. */
  sound?: boolean;
  /** The only statuses with which it may be answered. */
  only?: readonly number[];
  /** Statuses of 500 and more that are no finding. */
  may?: readonly number[];
  /** Of the former systems' endpoints: the Idempotency-Key that it bears. */
  former?: string;
  /** Errors may have the form that these had. */
  formerErrors?: boolean;
  /** The request's JSON, where it is one request with a JSON body. */
  json?: string;
}
