import { setTimeout as pause } from 'node:timers/promises';
import type { LinkMode, TcpProxy } from '../network/tcp-proxy.ts';
import type { World } from './world.ts';

/** Half a period of flapping, in milliseconds. */
const FLAP_MS = 700;

/** Hurts the links of one instance, or of all, to all servers of one kind. */
export async function hurtNetwork(
  { services }: World,
  proxies: readonly TcpProxy[],
  target: string,
  form: string,
  ms: number,
): Promise<void> {
  const clients = target === 'all' ? services.map(({ name }) => name) : [target];
  const set = (mode: LinkMode): void => {
    for (const proxy of proxies) for (const client of clients) proxy.set(client, mode);
  };
  try {
    if (form !== 'flapping') {
      set(form as LinkMode);
      await pause(ms);
      return;
    }
    for (let passed = 0; passed < ms; passed += 2 * FLAP_MS) {
      set('cut');
      await pause(FLAP_MS);
      set('pass');
      await pause(FLAP_MS);
    }
  } finally {
    set('pass');
  }
}
