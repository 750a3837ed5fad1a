import { takeAnswer } from './answer.ts';

const open = { bodyless: false, ended: false };
const take = (text: string, how = open) => takeAnswer(Buffer.from(text), how);

describe('an answer on the wire', () => {
  it('is taken with its headers and its body, and what follows is left', () => {
    const taken = take('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nX-A: b: c\r\n\r\n{}HTTP/1.1 ');
    expect(taken).toMatchObject({ answer: { status: 202, text: '{}', last: false } });
    expect(taken?.answer.headers.get('x-a')).toBe('b: c');
    expect(taken?.rest.toString()).toBe('HTTP/1.1 ');
  });

  it.each([
    'HTTP/1.1 200 OK\r\nContent-Le',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}',
    'HTTP/1.1 100 Continue\r\n\r\n',
  ])('is waited for until it is complete: %j', (text) => expect(take(text)).toBeUndefined());

  it('comes after an interim one', () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    expect(take(text)?.answer).toMatchObject({ status: 400, last: true });
  });

  it('to HEAD has no body, whatever its length says', () => {
    expect(take('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', { bodyless: true, ended: false })?.answer.text).toBe(
      '',
    );
  });

  it('without a length ends with the connection', () => {
    expect(take('HTTP/1.1 200 OK\r\n\r\nabc')).toBeUndefined();
    expect(take('HTTP/1.1 200 OK\r\n\r\nabc', { bodyless: false, ended: true })?.answer.text).toBe('abc');
  });

  it('that is no HTTP is a fault', () => {
    expect(() => take('hello\r\n\r\n')).toThrow('this is no answer');
  });
});
