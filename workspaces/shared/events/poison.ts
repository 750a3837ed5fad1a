/** A message on one of our topics that is none of ours, kept for a person to look at. */
export interface PoisonDocument {
  /** `topic:partition:offset`: recorded once, however often it is met. */
  _id: string;
  value?: string | undefined;
  error: string;
  at: Date;
}
