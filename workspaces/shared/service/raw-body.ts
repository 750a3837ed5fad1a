import type { Request, RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

/** A request whose body is left as it came, for what is signed byte by byte. */
export interface RawRequest extends Request {
  body: Buffer;
}

/** Reads a body of at most `limit` bytes, whatever its type. A body too large is answered at once and not kept. */
export function rawBody(limit: number): RequestHandler {
  return (request, _response, next) => {
    readBytes(request, limit).then(
      (raw) => {
        request.body = raw;
        next();
      },
      (error: unknown) => {
        discardRest(request);
        next(error);
      },
    );
  };
}

/** @throws AppError where it is too large, ends early or is encoded. */
export function readBytes(request: Request, limit: number): Promise<Buffer> {
  if (request.headers['content-encoding'] && request.headers['content-encoding'] !== 'identity') {
    return Promise.reject(new AppError('unsupported_media_type', 'send the body without content encoding'));
  }
  const tooLarge = (): AppError => new AppError('payload_too_large', `the body may have ${limit} bytes at most`);
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge());

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (error?: Error): void => {
      request.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
      if (error) reject(error);
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) finish(tooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => finish());
    request.on('close', () => finish(new AppError('invalid_json', 'the body ended early')));
    request.on('error', () => finish(new AppError('invalid_json', 'the body ended early')));
  });
}

/** Bytes of a refused body that are read for nothing, before the connection is cut. */
const MAX_DISCARDED = 32 * 1_048_576;

/** A client that is still writing when its answer is there sees a reset instead of it, unless the rest is taken, too. */
export function discardRest(request: Request): void {
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_DISCARDED) request.socket.destroy();
  });
}
