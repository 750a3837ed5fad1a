import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Metadata request, version 1, for no topic; the answer begins with the brokers (kafka.apache.org/protocol). */
const metadataRequest = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0]);
const brokerCountAt = 8;
const answerLimitMs = 1000;

/**
 * A broker serves when it counts itself among its cluster's brokers; an open port comes earlier than that. Asked by
 * hand, because kafkajs prints warnings about its timers on Node 24 and this is the console that a newcomer reads.
 */
export async function kafkaReady(address: string, signal: AbortSignal): Promise<void> {
  while (!(await countsItself(address))) await pause(150, undefined, { signal });
}

function countsItself(address: string): Promise<boolean> {
  const [host = '', port] = address.split(':');
  return new Promise((done) => {
    const socket = connect(Number(port), host, () => socket.write(metadataRequest));
    let answer = Buffer.alloc(0);
    socket.setTimeout(answerLimitMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < brokerCountAt + 4) return;
      done(answer.readInt32BE(brokerCountAt) > 0);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => done(false));
  });
}
