import type { Channel } from '../oracle/evidence.ts';
import type { Random } from '../random.ts';

export interface DrawnEvent {
  key: string;
  channel: Channel;
  behaviour: string;
  scheduled: boolean;
  /** To be cancelled once it is accepted. */
  cancel: boolean;
  body: Record<string, unknown>;
}

const CHANNELS = { webhook: 50, email: 25, sms: 25 } as const;
/** Most events are plain; the others try every way in which a provider fails. See the sandbox's README. */
const BEHAVIOURS = {
  plain: 200,
  'fail-1': 6,
  'fail-2': 3,
  fail: 1,
  'rate-limit-1': 3,
  'drop-1': 4,
  'garbage-1': 2,
  'hang-1': 1,
  reject: 4,
  slow: 4,
} as const;
type Behaviour = keyof typeof BEHAVIOURS;
/** The sandbox's numbers that say the same as these names. */
const NUMBERS: Record<Behaviour, string> = {
  plain: '+12025550123',
  'fail-1': '+15005551001',
  'fail-2': '+15005551002',
  fail: '+15005551000',
  'rate-limit-1': '+15005552001',
  'drop-1': '+15005554001',
  'garbage-1': '+15005556001',
  'hang-1': '+15005553001',
  reject: '+15005550001',
  slow: '+15005555300',
};

/** An event of any channel and priority; its key stands in what the provider receives. */
export function drawEvent(random: Random, key: string, sandboxUrl: string, now: number): DrawnEvent {
  const channel = random.weighted(CHANNELS);
  const behaviour = random.weighted(BEHAVIOURS);
  const scheduled = random.chance(0.03);
  const cancel = scheduled && random.chance(0.4);
  // Every draw is made for every event, so that one more behaviour does not change all events after it.
  const [inMs, expiresInMs, critical] = [
    random.between(1_000, 15_000),
    random.between(20_000, 60_000),
    random.chance(0.3),
  ];
  const expires = random.chance(0.02);
  return {
    key,
    channel,
    behaviour,
    scheduled,
    cancel,
    body: {
      channel,
      priority: critical ? 'critical' : 'default',
      eventId: key,
      payload: payloadOf(channel, behaviour, key, sandboxUrl),
      ...(scheduled && { sendAt: new Date(now + inMs).toISOString() }),
      ...(expires && { expiresAt: new Date(now + inMs + expiresInMs).toISOString() }),
    },
  };
}

function payloadOf(channel: Channel, behaviour: Behaviour, key: string, sandboxUrl: string): Record<string, unknown> {
  if (channel === 'sms') return { to: NUMBERS[behaviour], text: key };
  if (channel === 'email') return { to: `${behaviour}+chaos@example.com`, subject: key, text: 'chaos' };
  return { url: `${sandboxUrl}/webhooks/${behaviour}/chaos`, body: { key } };
}
