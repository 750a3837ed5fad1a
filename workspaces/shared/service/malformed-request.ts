import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '../errors/app-error.ts';
import { toProblem } from '../errors/problem.ts';

/**
 * What the HTTP parser refuses is told as problem+json too; Node by itself answers with a bare status line. `running` are
 * the responses that are not at their end: where one has begun on the same connection, nothing may be written between.
 */
export function answerMalformed(server: Server, running: ReadonlySet<ServerResponse>): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const begun = [...running].some((response) => response.socket === socket && response.headersSent);
    if (!socket.writable || begun) return void socket.destroy();
    const problem = toProblem(refusalOf(error.code));
    const body = JSON.stringify(problem);
    const head = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Connection: close',
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  });
}

/** Tells what is wrong with a request that no route can be asked for. */
export function refuse(request: IncomingMessage, response: ServerResponse, why: string): void {
  if (response.headersSent) return void request.socket.destroy();
  const problem = toProblem(new AppError('malformed_request', why));
  response.statusCode = problem.status;
  response.setHeader('Content-Type', 'application/problem+json').end(JSON.stringify(problem));
}

/** https://nodejs.org/api/http.html#event-clienterror */
function refusalOf(code: string | undefined): AppError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('headers_too_large', 'the headers may have 16 KiB at most');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new AppError('payload_too_large', 'the chunk extensions are too long');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('request_timeout', 'the request did not arrive in time');
    default:
      return new AppError('malformed_request', 'the request is not valid HTTP');
  }
}
