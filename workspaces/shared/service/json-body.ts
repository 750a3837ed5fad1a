import { isUtf8 } from 'node:buffer';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';
import { parseExactJson } from './exact-json.ts';

/** The parsed body (by `parseExactJson`) and its size, as `jsonBody` leaves them on the request. */
export interface JsonRequest extends Request {
  body: unknown;
  bodyBytes: number;
}

/**
 * Reads a JSON body of at most `limit` bytes. By hand instead of express.json: it refuses broken UTF-8 instead of
 * replacing it, tells the size, and costs about 0.03 ms less a request. A body too large is answered at once and not kept.
 */
export function jsonBody(limit: number): RequestHandler {
  return (request, _response, next) => {
    readBody(request, limit).then(
      (raw) => {
        try {
          request.body = parseJson(raw);
          (request as JsonRequest).bodyBytes = raw.length;
        } catch (error) {
          return next(error);
        }
        next();
      },
      (error: unknown) => {
        discardRest(request);
        next(error);
      },
    );
  };
}

function readBody(request: Request, limit: number): Promise<Buffer> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    return Promise.reject(new AppError('unsupported_media_type', 'send the body as application/json'));
  }
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
function discardRest(request: Request): void {
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_DISCARDED) request.socket.destroy();
  });
}

function parseJson(raw: Buffer): unknown {
  if (!isUtf8(raw)) throw new AppError('invalid_json', 'the body is not valid UTF-8');
  try {
    return parseExactJson(raw.toString('utf8'));
  } catch {
    throw new AppError('invalid_json', 'the body is not valid JSON');
  }
}
