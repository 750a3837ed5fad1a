import { z } from 'zod';

/**
 * Text that comes back from MongoDB as it came from the client. UTF-8 cannot say half a surrogate pair: it would be stored
 * as U+FFFD, so that texts, and idempotency keys, that differ would become the same.
 */
export const text = () => z.string().refine((value) => value.isWellFormed(), 'must not hold half a surrogate pair');
