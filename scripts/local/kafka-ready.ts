import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

interface Question {
  request: Buffer;
  /** Of the first byte behind what is looked at, the answer's own length included. */
  answerBytes: number;
  isYes(answer: Buffer): boolean;
}

/** Metadata request, version 1, for no topic; the answer begins with the brokers (kafka.apache.org/protocol). */
const countsItself: Question = {
  request: Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0]),
  answerBytes: 12,
  isYes: (answer) => answer.readInt32BE(8) > 0,
};
/**
 * FindCoordinator request, version 1, for a group named `-`; the answer has an error code behind its throttle time. A new cluster makes
 * its topic of offsets at the first such question, and refuses groups meanwhile.
 */
const hasCoordinators: Question = {
  request: Buffer.from([0, 0, 0, 14, 0, 10, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 1, 0x2d, 0]),
  answerBytes: 14,
  isYes: (answer) => answer.readInt16BE(12) === 0,
};
const answerLimitMs = 1000;

/**
 * A broker serves when it counts itself among its cluster's brokers; an open port comes earlier than that. Asked by
 * hand, because kafkajs prints warnings about its timers on Node 24 and this is the console that a newcomer reads.
 */
export const kafkaReady = (address: string, signal: AbortSignal): Promise<void> => yes(address, countsItself, signal);

/** It serves groups, too. A broker of a cluster cannot by itself. */
export async function kafkaReadyForGroups(address: string, signal: AbortSignal): Promise<void> {
  await kafkaReady(address, signal);
  await yes(address, hasCoordinators, signal);
}

async function yes(address: string, question: Question, signal: AbortSignal): Promise<void> {
  while (!(await ask(address, question))) await pause(150, undefined, { signal });
}

function ask(address: string, { request, answerBytes, isYes }: Question): Promise<boolean> {
  const [host = '', port] = address.split(':');
  return new Promise((done) => {
    const socket = connect(Number(port), host, () => socket.write(request));
    let answer = Buffer.alloc(0);
    socket.setTimeout(answerLimitMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < answerBytes) return;
      done(isYes(answer));
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => done(false));
  });
}
