import { z } from 'zod';
import { AppError } from './app-error.ts';
import { parseOrThrow, toFieldErrors } from './validation.ts';

const schema = z.strictObject({
  name: z.string(),
  address: z.strictObject({ street: z.string(), numbers: z.array(z.number()) }),
});

function faultsOf(input: unknown, by: z.ZodType = schema): unknown {
  try {
    parseOrThrow(by, input);
  } catch (error) {
    if (error instanceof AppError) return error.fields;
    throw error;
  }
  return undefined;
}

describe('a request', () => {
  it('that has a `length` with which nothing can be compared in place of a text is faulty, and not a fault of ours', () => {
    const texts = z.strictObject({ name: z.string().min(1), free: z.unknown() });
    const body = JSON.parse('{"name": {"length": {"valueOf": 1, "toString": 1}}, "free": {"length": {"toString": 1}}}');
    expect(faultsOf(body, texts)).toEqual([
      { path: 'name', message: expect.stringContaining('expected string') },
      { path: 'name', message: expect.any(String) },
    ]);
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(faultsOf({ ...body, free: deep }, texts)).toEqual([{ path: '(body)', message: expect.any(String) }]);
  });

  it('that is right is handed on as the schema makes it', () => {
    const trimmed = z.strictObject({ name: z.string().trim(), size: z.number().default(1) });
    expect(parseOrThrow(trimmed, { name: ' a ' })).toEqual({ name: 'a', size: 1 });
  });

  it('has at most 100 faulty fields named: an answer is not to be many times as large as the request', () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 1]));
    expect(faultsOf(body)).toHaveLength(100);
  });

  it('has every faulty field named by its path, also deep within', () => {
    expect(faultsOf({ address: { street: 1, numbers: [1, 'two', 3] } })).toEqual([
      { path: 'name', message: expect.stringContaining('expected string') },
      { path: 'address.street', message: expect.stringContaining('expected string') },
      { path: 'address.numbers.1', message: expect.stringContaining('expected number') },
    ]);
  });

  it('has each unknown field named by its own path, beside the other faults', () => {
    expect(faultsOf({ name: 'a', nmae: 'b', address: { street: 1, numbers: [], city: 'x', zip: 'y' } })).toEqual(
      expect.arrayContaining([
        { path: 'nmae', message: 'unknown field' },
        { path: 'address.city', message: 'unknown field' },
        { path: 'address.zip', message: 'unknown field' },
        { path: 'address.street', message: expect.any(String) },
      ]),
    );
  });

  it.each([null, undefined, 'text', 1, []])('that is no object at all is at fault as a body: %p', (body) => {
    expect(faultsOf(body)).toEqual([{ path: '(body)', message: expect.stringContaining('expected object') }]);
  });

  it('is refused with 400, and its values are not repeated', () => {
    const refused = (): unknown => parseOrThrow(schema, { name: { secret: 'hunter2' } });
    expect(refused).toThrow(expect.objectContaining({ code: 'validation_failed', status: 400 }));
    expect(JSON.stringify(faultsOf({ name: { secret: 'hunter2' } }))).not.toContain('hunter2');
  });

  it('that is one of a batch has its place before its fields', () => {
    const { error } = schema.safeParse({ name: 'a', address: { street: 'b', numbers: [] }, foo: 1 });
    expect(error && toFieldErrors(error, 'events.3')).toEqual([{ path: 'events.3.foo', message: 'unknown field' }]);
    const whole = schema.safeParse(null).error;
    expect(whole && toFieldErrors(whole, 'events.3')).toEqual([{ path: 'events.3', message: expect.any(String) }]);
  });
});
