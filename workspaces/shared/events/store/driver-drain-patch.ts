// mongodb 7.8.0 waits for a large command's 'drain' without looking for the end of its connection. A connection that is
// given up (a member that does not answer, a pool that is cleared) is destroyed without an error: the wait never ends, no
// limit of the driver holds there, and the caller hangs for good. timeoutMS, which had a limit for it, does nothing since 7.8.
import { Connection } from 'mongodb/lib/cmap/connection.js';

interface ConnectionInternals {
  closed: boolean;
  socket: NodeJS.EventEmitter;
  cleanup(error: Error): void;
}

/** Tells whoever writes to a connection that is given up. To be called once per process, before the first connection. */
export function failInterruptedWrites(): void {
  const prototype = Connection.prototype as unknown as ConnectionInternals;
  const { cleanup } = prototype;
  prototype.cleanup = function cleanupAndTell(this: ConnectionInternals, error: Error) {
    if (this.closed) return;
    cleanup.call(this, error);
    this.socket.emit('error', error);
  };
}
