import type { Request } from 'express';
import { idempotencyKeyOf } from './idempotency-key.ts';

const requestWith = (key: string | undefined) =>
  ({ get: (name: string) => (name === 'Idempotency-Key' ? key : undefined) }) as Request;

describe('the Idempotency-Key header', () => {
  it('is taken as it is, and may be missing', () => {
    expect(idempotencyKeyOf(requestWith('order-1/2026:a'))).toBe('order-1/2026:a');
    expect(idempotencyKeyOf(requestWith('k'.repeat(255)))).toHaveLength(255);
    expect(idempotencyKeyOf(requestWith(undefined))).toBeUndefined();
  });

  it.each(['', ' ', 'two words', 'größe', 'k'.repeat(256), 'tab\t'])('is refused, and named, when it is %j', (key) => {
    expect(() => idempotencyKeyOf(requestWith(key))).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        fields: [{ path: 'Idempotency-Key', message: expect.any(String) }],
      }),
    );
  });
});
