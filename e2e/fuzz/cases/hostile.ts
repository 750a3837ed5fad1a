import * as fc from 'fast-check';

/** Stands in everything that a payload or a recipient holds; no log may show it. */
export const MARKER = 'fuzzmark';
export const PHONE = '+12025550188';

/** The id of an event that was accepted takes its place when it is sent; of the same length, as a request has been measured by then. */
export const KNOWN_ID = ':known'.padEnd(36, '-');

const NUMBER = '#number:';

/** A JSON number that JavaScript cannot write: the text takes the place of the quoted mark in `toWire`. */
const rawNumber = (text: string): string => NUMBER + text;

export const toWire = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replaceAll(new RegExp(`"${NUMBER}([^"]*)"`, 'g'), '$1');

/** Numbers of a body that a double does not hold. */
export const BIG_NUMBERS = [
  '12345678901234567890',
  '9007199254740993',
  '-9223372036854775808',
  '1e400',
  '0.12345678901234567890123',
];
export const bigNumber = fc.constantFrom(...BIG_NUMBERS).map(rawNumber);

export const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'toBSON',
  'hasOwnProperty',
  '_bsontype',
  '_id',
  '$ne',
  '$where',
  '$ref',
  '$numberLong',
  'a.b',
  'a\0b',
  '',
  'length',
  'then',
  '0',
  '\ud800',
  '\ufeff',
  'payload[to]',
  'status[$ne]',
];
export const hostileKey = fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: 'binary', maxLength: 12 }));

/** Strings that are faulty as text anywhere: MongoDB stores UTF-8, in which a lone surrogate cannot be said. */
export const loneSurrogate = fc.constantFrom('\ud800', `a\udfffb`, `${MARKER}\udc00`);

export const oddText = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      '\0',
      '\u2028',
      '\ufeff',
      '﷽',
      'a\u0301',
      '\u202e',
      '👩‍👩‍👧‍👦',
      '${7*7}',
      '{{7*7}}',
      '<script>',
      "' OR 1=1 --",
      '../../etc/passwd',
      '%00',
      '%s%n',
      '.',
      '\r\n.\r\n',
      'a\r\nBcc: b@example.com',
      '-0',
      'NaN',
      'null',
      'undefined',
      'true',
      '\\',
      '"',
      '\u001b[2J',
    ),
    fc.nat({ max: 40 }).map((power) => 'x'.repeat(Math.round(1.3 ** power))),
  )
  .map((text) => `${MARKER}${text}`);

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    '',
    [],
    {},
    [null],
    [[]],
    { $ne: 1 },
    { $gt: '' },
    { length: 1e9 },
  ),
  bigNumber,
  oddText,
  loneSurrogate,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);

/** Any JSON: small trees with hostile keys. */
export const { json: oddJson } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(hostileKey, tie('json'), { maxKeys: 3 }),
  ),
}));

const nest = (levels: number, open: string, close: string): string => `${open.repeat(levels)}1${close.repeat(levels)}`;

/** Deep, as JSON text: JSON.stringify could not write it. */
export const deepJson = fc
  .tuple(fc.constantFrom(15, 16, 17, 63, 64, 65, 1_000, 20_000), fc.boolean())
  .map(([levels, list]) => (list ? nest(levels, '[', ']') : nest(levels, '{"a":', '}')));

export const oddMoment = fc.constantFrom(
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59.999-23:59',
  '0000-01-01T00:00:00+23:59',
  '2000-02-29T00:00:00Z',
  '2030-01-01T00:00:00.123456789123456789Z',
  '2016-12-31T23:59:60Z',
  '2030-02-30T00:00:00Z',
  '2030-01-01T24:00:00Z',
  '+010000-01-01T00:00:00Z',
  '2030-01-01',
  '2030-01-01T00:00Z',
  '-000001-01-01T00:00:00Z',
  '2030-01-01T00:00:00',
  '2030-01-01t00:00:00z',
  '1e3',
  '99999999999999999999',
  '',
);
