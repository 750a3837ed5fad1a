import * as fc from 'fast-check';
import { isExactNumber, parseExactJson } from './exact-json.ts';

describe('a number in JSON', () => {
  it.each([
    '9007199254740993',
    '-9223372036854775808',
    '12345678901234567890',
    '0.12345678901234567890123',
    '1e400',
    '-1E+999',
    '1e-400',
    '123456789.12345678901',
  ])('that a double does not hold keeps its text: %s', (number) => {
    const value = parseExactJson(`{"a":[${number}]}`) as { a: unknown[] };
    expect(isExactNumber(value.a[0])).toBe(true);
    expect(JSON.stringify(value)).toBe(`{"a":[${number}]}`);
  });

  it.each([
    '9007199254740991',
    '1234567890123456',
    '1.0',
    '1E16',
    '1e+100',
    '5e-324',
    '0.1000',
    '10000000000000000000000',
    '-0',
    '0e999',
  ])('that a double holds is a number: %s', (number) =>
    expect(parseExactJson(`[${number},12345678901234567890]`)).toEqual([Number(number), expect.anything()]),
  );

  it('however written by JavaScript, is a number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(parseExactJson(`[${JSON.stringify(number)},1e400]`)).toEqual([
          Number(JSON.stringify(number)),
          expect.anything(),
        ]);
      }),
    );
  });
});

describe('any other JSON', () => {
  it('is what JSON.parse makes of it, long numbers beside it or not', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
        expect(JSON.stringify(parseExactJson(`[${text},1e400]`))).toBe(`[${JSON.stringify(JSON.parse(text))},1e400]`);
      }),
    );
  });

  it('with a __proto__ key keeps it as a key', () => {
    const text = '{"__proto__":{"admin":true},"id":12345678901234567890}';
    expect(JSON.stringify(parseExactJson(text))).toBe(text);
  });

  it.each(['', '{', '12345678901234567890x', '[1e400'])('that is none throws: %s', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
