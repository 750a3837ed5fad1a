import type { Case } from '../cases/case.ts';
import type { Answer } from '../wire/answer.ts';
import { acceptedIds, faultOfAnswer } from './judge-answer.ts';
import { changedFields } from './judge-stored.ts';

const done: Case = { service: 'ingestion', kind: 'one fault', pieces: [], answers: 1, json: '{}' };

function answer(status: number, body: unknown, type = 'application/problem+json'): Answer {
  return { status, headers: new Map([['content-type', type]]), text: JSON.stringify(body), last: false };
}
const problem = (status: number, more: object = {}): Answer =>
  answer(status, {
    status,
    code: 'validation_failed',
    detail: 'x',
    errors: [{ path: 'payload.to', message: 'x' }],
    ...more,
  });

describe('the judge of answers', () => {
  it('passes a problem that names the faulty field', () => {
    expect(faultOfAnswer({ ...done, fault: 'payload.to' }, problem(400))).toBeUndefined();
  });

  it.each<[string, Partial<Case>, Answer]>([
    ['a 500', {}, answer(500, {})],
    ['a 503', {}, answer(503, {})],
    ['a redirect', {}, answer(302, {})],
    ['HTML', {}, answer(404, '<pre>', 'text/html')],
    ['a stack', {}, problem(400, { detail: 'x at f (file:///srv/app.ts:1:1)' })],
    ['a problem of another status', {}, problem(400, { status: 404 })],
    ['a problem without fields', {}, problem(400, { errors: undefined })],
    ['another field', { fault: 'payload.text' }, problem(400)],
    ['a faulty event that was accepted', { fault: 'payload.to' }, answer(202, { id: 'x' })],
    ['a sound event that was refused', { sound: true }, problem(400)],
    [
      'a 500 within a batch',
      { kind: 'batch', json: '{"events":[1]}' },
      answer(202, { results: [{ error: { status: 500 } }] }),
    ],
    [
      'a batch that lacks a result',
      { kind: 'batch', json: '{"events":[1,2]}' },
      answer(202, { results: [{ id: 'x' }] }),
    ],
  ])('finds %s', (_name, more, given) => {
    expect(faultOfAnswer({ ...done, ...more }, given)).toBeDefined();
  });

  it('finds any other status than those that are known beforehand', () => {
    const forged = { ...done, only: [401, 404] };
    const { json: _json, ...bare } = forged;
    expect(faultOfAnswer(bare, problem(401))).toBeUndefined();
    expect(faultOfAnswer(bare, answer(200, {}))).toBe('a 200, instead of 401 or 404');
  });

  it('takes an error in the form of a former system there, and nowhere else', () => {
    const detail = answer(422, { detail: [{ loc: ['body', 'email'], msg: 'x' }] }, 'application/json');
    expect(faultOfAnswer({ ...done, formerErrors: true }, detail)).toBeUndefined();
    expect(
      faultOfAnswer({ ...done, formerErrors: true }, answer(422, { detail: [] }, 'application/json')),
    ).toBeDefined();
    expect(faultOfAnswer(done, detail)).toBe('a 422 that is no problem+json');
  });

  it('takes the ids of all that was accepted', () => {
    expect(acceptedIds(answer(202, { results: [{ id: 'a' }, { error: { status: 400 } }, { id: 'b' }] }))).toEqual([
      'a',
      'b',
    ]);
    expect(acceptedIds(answer(200, { id: 'a', duplicate: true }))).toEqual([]);
    expect(acceptedIds(answer(202, { id: 'a', children: [{ id: 'b' }, { id: 'c' }] }))).toEqual(['a', 'b', 'c']);
  });
});

describe('the judge of what is stored', () => {
  const event = { channel: 'webhook', priority: 'default', payload: { url: 'http://a.example/', body: { a: [1] } } };
  const text = (change: object = {}): string => JSON.stringify({ ...event, ...change });

  it('passes what comes back as it was sent, with more beside it', () => {
    expect(changedFields(text(), text({ status: 'QUEUED', id: 'x' }))).toEqual([]);
    const expiring = text({ expiresAt: '2999-01-31T00:00:00Z' });
    expect(changedFields(expiring, text())).toEqual(['expiresAt']);
    expect(changedFields(expiring, text({ history: [{ status: 'QUEUED', reason: 'replay x' }] }))).toEqual([]);
  });

  it('passes what is shown in part: files without their content, a chat without the path of its webhook', () => {
    const mail = { to: 'Ada <a@example.com>', cc: ['b@example.com'], subject: 'x', attachments: [{ filename: 'a' }] };
    const shown = { ...mail, attachments: [{ filename: 'a', bytes: 1 }] };
    const sent = text({ channel: 'email', payload: { ...mail, attachments: [{ filename: 'a', content: 'YQ==' }] } });
    expect(changedFields(sent, text({ channel: 'email', payload: shown }))).toEqual([]);
    expect(changedFields(sent, text({ channel: 'email', payload: { ...shown, attachments: [] } }))).toEqual([
      'payload.attachments',
    ]);
    const chat = (url: string) => text({ channel: 'chat', payload: { url, text: 'x' } });
    expect(changedFields(chat('http://a.example/T/B/x'), chat('http://a.example/***'))).toEqual([]);
  });

  it('finds a changed body, a lost field and a rounded number', () => {
    expect(changedFields(text(), text({ payload: { ...event.payload, body: { a: [2] } } }))).toEqual(['payload.body']);
    expect(changedFields(text({ metadata: { a: 1 } }), text())).toEqual(['metadata']);
    const precise = text().replace('[1]', '[9007199254740993]');
    expect(changedFields(precise, precise)).toEqual([]);
    expect(changedFields(precise, text().replace('[1]', '[9007199254740992]'))).toEqual([
      'the number 9007199254740993',
    ]);
  });
});
