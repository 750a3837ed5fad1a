import { AppError, ERROR_STATUS, type ErrorCode, messageOf } from './app-error.ts';
import { toProblem } from './problem.ts';

describe('what a client is told of an error', () => {
  it.each(Object.entries(ERROR_STATUS))('%s has the status %i, a title and its code', (code, status) => {
    expect(toProblem(new AppError(code as ErrorCode, 'why'))).toEqual({
      type: 'about:blank',
      title: expect.stringMatching(/^[A-Z]/),
      status,
      code,
      detail: 'why',
    });
  });

  it('names every faulty field, where fields are at fault', () => {
    const fields = [
      { path: 'payload.to', message: 'must be an e-mail address' },
      { path: 'events.3.channel', message: 'is required' },
    ];
    expect(toProblem(new AppError('validation_failed', 'faulty', { fields })).errors).toEqual(fields);
  });

  it.each([
    new Error('connect ECONNREFUSED mongodb://admin:hunter2@db'),
    new TypeError("Cannot read properties of undefined (reading 'hunter2')"),
    Object.assign(new Error('hunter2'), { status: 200, code: 'ok' }),
    'hunter2',
    { code: 'forbidden', message: 'hunter2' },
    undefined,
  ])('is nothing of our inside: %p is internal', (thrown) => {
    const problem = toProblem(thrown);
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|ECONNREFUSED/);
  });

  it('does not include the cause, which is for the log', () => {
    const error = new AppError('unavailable', 'try again', { cause: new Error('hunter2'), retryAfter: 2 });
    expect(JSON.stringify(toProblem(error))).not.toContain('hunter2');
    expect(error).toMatchObject({ cause: { message: 'hunter2' }, retryAfter: 2, status: 503 });
  });
});

describe('the message of what was thrown', () => {
  it('is text, whatever was thrown', () => {
    expect([new Error('a'), 'b', 3, undefined].map(messageOf)).toEqual(['a', 'b', '3', 'undefined']);
  });
});
