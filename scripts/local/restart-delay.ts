const firstMs = 1000;
const longestMs = 30_000;
/** What has run this long was well; its next crash is a new one. */
const soundMs = 60_000;

/** How long to wait before starting again what ended after `ranMs`, given the wait before that. */
export const restartDelayMs = (previousMs: number | undefined, ranMs: number): number =>
  previousMs === undefined || ranMs >= soundMs ? firstMs : Math.min(previousMs * 2, longestMs);
