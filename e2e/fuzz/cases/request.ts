import * as fc from 'fast-check';
import { bytesOf, requestBytes } from '../wire/request-bytes.ts';
import type { Case } from './case.ts';
import { oddText } from './hostile.ts';

export interface Surroundings {
  sandboxUrl: string;
  /** An API key with every scope. */
  key: string;
}

export type Header = readonly [string, string];

const JSON_TYPE: Header = ['Content-Type', 'application/json'];

export const authorized = (key: string): Header => ['Authorization', `Bearer ${key}`];

export const oneLine = (text: string): string => text.replaceAll(/[\r\n\0]/g, ' ');

/** Headers that no request needs. Some are refused; none may do harm. */
const oddHeader: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'traceparent',
      'X-Request-Id',
      'Accept',
      'Cookie',
      'X-Forwarded-For',
      'If-None-Match',
      'Range',
      'Accept-Encoding',
      'Origin',
      'X-HTTP-Method-Override',
    ),
    oddText.map(oneLine),
  ),
  fc.constantFrom<Header>(
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['traceparent', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`],
    ['Expect', '100-continue'],
    ['Expect', 'miracles'],
    ['Upgrade', 'websocket'],
    ['Upgrade', 'h2c'],
    ['X-HTTP-Method-Override', 'DELETE'],
  ),
);
export const oddHeaders = fc.array(oddHeader, { maxLength: 2 });

/** One request with a JSON body. */
export const post = (
  service: Case['service'],
  kind: string,
  target: string,
  json: string,
  headers: readonly Header[],
  method = 'POST',
): Case => ({
  service,
  kind,
  json,
  answers: 1,
  pieces: [requestBytes({ method, target, headers: [...headers, JSON_TYPE], body: bytesOf(json) })],
});

/** One request without a body. */
export const request = (
  service: Case['service'],
  kind: string,
  method: string,
  target: string,
  headers: readonly Header[],
): Case => ({
  service,
  kind,
  answers: 1,
  bodyless: method === 'HEAD',
  formerErrors: /^\/(api\/v1|send-email|webhook)\//.test(target),
  pieces: [requestBytes({ method, target, headers })],
});
