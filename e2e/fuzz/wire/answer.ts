/** One answer of an HTTP server, as it stood on the wire. */
export interface Answer {
  status: number;
  headers: ReadonlyMap<string, string>;
  text: string;
  /** The server says that no other answer follows on this connection. */
  last: boolean;
}

/**
 * Takes the first answer off the bytes of a connection; undefined while it is not complete. Interim answers (1xx) are
 * left out. An answer without a length ends with the connection. @throws where it is no HTTP.
 */
export function takeAnswer(
  bytes: Buffer,
  { bodyless, ended }: { bodyless: boolean; ended: boolean },
): { answer: Answer; rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1]);
  if (!status) throw new Error(`this is no answer: ${first.slice(0, 80)}`);
  const rest = bytes.subarray(end + 4);
  if (status < 200) return takeAnswer(rest, { bodyless, ended });

  const headers = new Map(
    lines.map((line): [string, string] => [nameOf(line), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = bodyless || status === 204 || status === 304 ? 0 : lengthOf(headers, rest, ended);
  if (length === undefined || rest.length < length) return undefined;
  const text = rest.subarray(0, length).toString('utf8');
  return {
    answer: { status, headers, text, last: headers.get('connection') === 'close' },
    rest: rest.subarray(length),
  };
}

const nameOf = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase();

function lengthOf(headers: ReadonlyMap<string, string>, rest: Buffer, ended: boolean): number | undefined {
  const length = headers.get('content-length');
  if (length !== undefined) return Number(length);
  if (headers.has('transfer-encoding')) throw new Error('an answer in chunks: this client does not read them');
  return ended ? rest.length : undefined;
}
