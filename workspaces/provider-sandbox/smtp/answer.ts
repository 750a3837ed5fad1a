import type { Socket } from 'node:net';
import { type Behaviour, isAccepted } from '../behaviours/behaviour.ts';
import { refusalOf } from './reply.ts';

/** How smtp-server wants to be told: an error, or the text after `250`. */
export type Done = (error?: Error | null, message?: string) => void;

/** Replies to a mail, or lets the connection go without a reply. Nothing happens once the client has gone. */
export function answerAs(behaviour: Behaviour, socket: Socket, messageId: string, done: Done): void {
  const act = (): void => {
    const { action } = behaviour;
    if (action === 'hang' || action === 'drop') socket.destroy();
    else if (action === 'garbage') socket.end('\u0000 this is no reply\r\n');
    else if (isAccepted(behaviour)) done(null, `2.0.0 OK queued as ${messageId}`);
    else done(refusalOf(behaviour));
  };
  if (behaviour.delayMs === 0) return act();
  const timer = setTimeout(act, behaviour.delayMs);
  socket.once('close', () => clearTimeout(timer));
}
