import { type Behaviour, behaviour, type Channel } from './behaviour.ts';

/** What a recipient's own name asks for: the behaviour, and for how many tries of each message (undefined: all). */
export interface Magic {
  behaviour: Behaviour;
  times?: number;
}

// fail, fail-always, fail-2 …: without a number it is for every try of every message.
const NAMED = /^(fail|reject|rate-limit|hang|drop|garbage)(?:-(always|[1-9]\d{0,3}))?$/;
// The number of `slow` is the milliseconds.
const SLOW = /^slow(?:-(\d{1,6}))?$/;
// +1500555ANNN: A is the action, NNN what the number after a name is, 000 for always. 0001 to 0009 are Twilio's own.
const NUMBER = /^\+1500555(\d)(\d{3})$/;
const NUMBERED_ACTIONS = ['reject', 'fail', 'rate-limit', 'hang', 'drop', 'slow', 'garbage'];
// Twilio's test numbers: invalid, unsubscribed, not a mobile number. Its 0006 is the valid one.
const TWILIO_REFUSED = new Set(['001', '004', '009']);

export function magicOf(channel: Channel, recipient: string): Magic | undefined {
  if (channel === 'sms') return ofNumber(recipient);
  if (channel === 'email') return ofMailbox(recipient.slice(0, recipient.lastIndexOf('@')));
  // FCM's tokens have a colon after the id of the installation.
  if (channel === 'push') return ofName(recipient.split(':', 1)[0] ?? '');
  const path = recipient.split('?', 1)[0] ?? '';
  for (const segment of path.split('/')) {
    const magic = ofName(segment);
    if (magic) return magic;
  }
  return undefined;
}

/** A number before the @ is the address of a phone at its carrier's gateway, where +1 is left out. */
function ofMailbox(local: string): Magic | undefined {
  return /^\d{10}$/.test(local) ? ofNumber(`+1${local}`) : ofName(local.split('+', 1)[0] ?? '');
}

function ofName(name: string): Magic | undefined {
  const lowered = name.toLowerCase();
  const slow = SLOW.exec(lowered);
  if (slow) return { behaviour: behaviour('slow', { delayMs: slow[1] ? Number(slow[1]) : undefined }) };

  const [, action, times] = NAMED.exec(lowered) ?? [];
  if (!action) return undefined;
  return {
    behaviour: behaviour(action as Behaviour['action']),
    ...(times && times !== 'always' && { times: Number(times) }),
  };
}

function ofNumber(number: string): Magic | undefined {
  const [, actionDigit, rest = ''] = NUMBER.exec(number) ?? [];
  if (actionDigit === undefined) return undefined;
  if (actionDigit === '0') return TWILIO_REFUSED.has(rest) ? ofName('reject') : undefined;
  const action = NUMBERED_ACTIONS[Number(actionDigit)];
  return action ? ofName(rest === '000' ? action : `${action}-${Number(rest)}`) : undefined;
}
