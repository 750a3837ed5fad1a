import { parseExactJson } from './exact-json.ts';
import { faultInJson } from './json-shape.ts';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const limits = { maxDepth: 4, storable: true };

describe('a free JSON value', () => {
  it.each([null, 1, 'text', true, [], {}, { a: [{ b: { c: 1 } }] }])('passes when it is plain: %j', (value) => {
    expect(faultInJson(value, limits)).toBeUndefined();
  });

  it('may be nested as deep as the limit, and no deeper', () => {
    expect(faultInJson(nested(4), limits)).toBeUndefined();
    expect(faultInJson(nested(5), limits)).toBe('is nested deeper than 4 levels');
  });

  it('is refused without a stack overflow when it is nested 100,000 levels deep', () => {
    expect(faultInJson(nested(100_000), limits)).toMatch(/nested deeper/);
  });

  it.each(['$where', 'a.b', 'nul\0', '__proto__', 'constructor', 'prototype', '_bsontype'])(
    'must not have the key %j, at any depth',
    (key) => {
      const object: unknown = JSON.parse(`{${JSON.stringify(key)}: 1}`);
      expect(faultInJson(object, limits)).toMatch(/key that is not allowed/);
      expect(faultInJson({ list: [{ plain: object }] }, limits)).toMatch(/key that is not allowed/);
    },
  );

  it('must not hold half a surrogate pair, in a text or a key: UTF-8 has none', () => {
    expect(faultInJson({ list: ['a\ud800'] }, limits)).toMatch(/surrogate/);
    expect(faultInJson({ 'a\udc00': 1 }, limits)).toMatch(/surrogate/);
    expect(faultInJson(['\ud83d\ude00'], limits)).toBeUndefined();
    expect(faultInJson(['\ud800'], { maxDepth: 4, storable: false })).toBeUndefined();
  });

  it('must not hold a number that a double does not, but where it is kept as text', () => {
    const value = parseExactJson('{"id":[12345678901234567890]}');
    expect(faultInJson(value, limits)).toMatch(/cannot be kept exactly/);
    expect(faultInJson(value, { maxDepth: 2, storable: false })).toBeUndefined();
  });

  it('may have any key where it is kept as text', () => {
    const body: unknown = JSON.parse('{"$set": {"a.b": {"__proto__": 1}}}');
    expect(faultInJson(body, { maxDepth: 4, storable: false })).toBeUndefined();
  });

  it('is told which key is wrong, cut short where the key is endless', () => {
    expect(faultInJson({ $ne: 1 }, limits)).toBe('has a key that is not allowed: "$ne"');
    expect(faultInJson({ [`$${'x'.repeat(10_000)}`]: 1 }, limits)?.length).toBeLessThan(100);
  });
});
