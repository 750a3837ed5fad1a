// kafkajs 2.2.4 re-arms a timer of 1 ms for every idle connection, and with a delay in the past on Node 24
// (#1556, #1704, #1751). There is nothing to check while nothing is pending: a fulfilled request checks by itself.
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

interface RequestQueueInternals {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const CHECK_INTERVAL_MS = 10;

export function quietIdleConnections(): void {
  const prototype = RequestQueue.prototype as unknown as RequestQueueInternals;
  prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests(this: RequestQueueInternals) {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId) return;
    const delay = Math.max(this.throttledUntil - Date.now(), CHECK_INTERVAL_MS);
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, delay);
  };
}
