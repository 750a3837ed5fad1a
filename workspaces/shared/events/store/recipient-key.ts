import { randomBytes } from 'node:crypto';
import { type HashRecipient, recipientHasher } from '../recipients.ts';
import type { Database } from './database.ts';

/** How all services hash recipients. The key is made by whoever needs it first, and stays: no setting can make two of it. */
export async function loadRecipientHasher({ keys }: Database): Promise<HashRecipient> {
  const secret = randomBytes(32).toString('base64');
  const key = await keys.findOneAndUpdate(
    { _id: 'recipients' },
    { $setOnInsert: { secret } },
    { upsert: true, returnDocument: 'after' },
  );
  if (!key) throw new Error('an upsert answered nothing');
  return recipientHasher(Buffer.from(key.secret, 'base64'));
}
