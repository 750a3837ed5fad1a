import { lookup, Resolver } from 'node:dns/promises';

/** All IP addresses of a host name. Rejects when it has none. */
export type ResolveHost = (hostname: string) => Promise<string[]>;

// Milliseconds for one question, asked twice at most.
const QUESTION_TIMEOUT = 2_000;

// The answer will not become another one by asking the system for it.
const FINAL = new Set(['ETIMEOUT', 'ESERVFAIL', 'ECANCELLED']);

/**
 * Asks DNS directly. getaddrinfo runs on libuv's threads, and only half of these may do so at once
 * (https://docs.libuv.org/en/v1.x/threadpool.html): two hosts whose name server is dead would hold up every other one.
 * It serves names that DNS does not know: the hosts file, and short names that need the search list.
 */
export function createResolveHost(): ResolveHost {
  const dns = new Resolver({ timeout: QUESTION_TIMEOUT, tries: 2 });
  return async (hostname) => {
    if (isFullName(hostname)) {
      const answers = await Promise.allSettled([dns.resolve4(hostname), dns.resolve6(hostname)]);
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      if (addresses.length > 0) return addresses;
      for (const answer of answers) {
        if (answer.status === 'rejected' && FINAL.has((answer.reason as { code?: string }).code ?? ''))
          throw answer.reason;
      }
    }
    const found = await lookup(hostname, { all: true });
    return found.map(({ address }) => address);
  };
}

function isFullName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return name.includes('.') && !name.endsWith('.localhost');
}
