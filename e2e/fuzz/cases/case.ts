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
  /** The request's JSON, where it is one request with a JSON body. */
  json?: string;
}
