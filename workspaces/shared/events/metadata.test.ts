import { metadata } from './metadata.ts';

describe('metadata', () => {
  it('is any object with plain keys', () => {
    const value = { order: 1, tags: ['a', { deep: null }] };
    expect(metadata.parse(value)).toEqual(value);
  });

  it.each([
    '[]',
    '"text"',
    'null',
    '{"$set":{"status":"COMPLETED"}}',
    '{"a.b":1}',
    '{"__proto__":{"admin":true}}',
    '{"a":[{"constructor":1}]}',
    '{"a":{"_bsontype":"ObjectId"}}',
    `{"a":${'['.repeat(16)}${']'.repeat(16)}}`,
  ])('is refused where it could be taken for something else: %s', (text) => {
    expect(metadata.safeParse(JSON.parse(text)).success).toBe(false);
  });
});
