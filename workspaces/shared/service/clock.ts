/** The time that all services agree on. */
export interface Clock {
  now(): Date;
}
