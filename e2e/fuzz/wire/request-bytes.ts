export interface RequestParts {
  method: string;
  target: string;
  headers: readonly (readonly [string, string])[];
  body?: Uint8Array;
}

export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** The head as it is given, with whatever the values hold; Content-Length is added only where `framed`. */
export function requestBytes({ method, target, headers, body }: RequestParts, framed = true): Uint8Array {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: localhost',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(framed && body ? [`Content-Length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'), body ?? Buffer.alloc(0)]);
}

/** The body in chunks of at most `size` bytes, with the last chunk. */
export function chunked(body: Uint8Array, size: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    chunks.push(bytesOf(`${chunk.length.toString(16)}\r\n`), chunk, bytesOf('\r\n'));
  }
  return Buffer.concat([...chunks, bytesOf('0\r\n\r\n')]);
}
