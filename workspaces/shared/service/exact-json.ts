/** ECMAScript's "JSON.parse source text access", which the types do not know yet. */
interface SourceTextAccess {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
const json = JSON as unknown as SourceTextAccess;

/** What may be a number that a double does not hold; most texts have none, and are spared a call for each value. */
const LONG_NUMBER = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;

/**
 * JSON.parse, but a number that JavaScript would change (9007199254740993, 1e400) stands in the value as its text: an object for
 * which `isExactNumber` holds, and which JSON.stringify writes as it came. To a schema it is no number.
 */
export function parseExactJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && decimalOf(source) !== decimalOf(String(value))
      ? json.rawJSON(source)
      : value,
  );
}

export function isExactNumber(value: unknown): boolean {
  return json.isRawJSON(value);
}

/** One spelling for each number: its digits without zeros around them, and the power of ten of the last. */
function decimalOf(text: string): string {
  const [, sign = '', whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  const digits = whole + fraction;
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  const significant = digits.slice(0, end).replace(/^0+/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - end}`;
}
