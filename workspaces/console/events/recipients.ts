import { maskRecipient } from '@postrider/shared/service/recipient-mask.ts';
import type { EventDetails } from '../api/answers.ts';

/** Where payloads have whom they go to. */
const PERSONS = ['to', 'cc', 'bcc', 'token', 'externalId', 'url'];
/** Names of many people at once, or of settings. */
const GROUPS = ['topic', 'target'];

/** Whom an event goes to, as people may see it: `a***@example.com`. Of a typed event those that it was given. */
export function maskedRecipients({ payload = {}, to = {} }: EventDetails): string[] {
  const persons = [...PERSONS.flatMap((name) => payload[name]), ...Object.values(to)];
  const groups = GROUPS.map((name) => payload[name]);
  return [...persons.filter(isText).map((text) => maskRecipient(addressIn(text))), ...groups.filter(isText)];
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Of `Ada <ada@example.com>` what stands in the brackets. */
const addressIn = (text: string): string => /<([^<>]*)>$/.exec(text)?.[1] ?? text;
