// kafkajs 2.2.4 re-arms a timer of 1 ms for every idle connection, and with a delay in the past on Node 24
// (#1556, #1704, #1751). There is nothing to check while nothing is pending: a fulfilled request checks by itself.
// Ten times a second it looks for requests whose time is over, on each of the two connections to each broker; these have ten seconds.
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

interface RequestQueueInternals {
  enforceRequestTimeout: boolean;
  inflight: Map<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  pending: unknown[];
  requestTimeoutIntervalId: NodeJS.Timeout | undefined;
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  destroy(): void;
  isConnected(): boolean;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
}

const CHECK_INTERVAL_MS = 10;
const TIMEOUT_INTERVAL_MS = 1_000;

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
  prototype.scheduleRequestTimeoutCheck = function scheduleRequestTimeoutCheck(this: RequestQueueInternals) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => {
      for (const request of this.inflight.values()) {
        if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    }, TIMEOUT_INTERVAL_MS).unref();
  };
}
