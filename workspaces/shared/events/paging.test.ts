import { toFieldErrors } from '../errors/validation.ts';
import { deadLettersQuery, eventsQuery } from './paging.ts';

const id = '01b97732-de80-7000-8000-000000000000';

const pathsOf = (schema: typeof eventsQuery | typeof deadLettersQuery, query: unknown): string[] => {
  const { error } = schema.safeParse(query);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('the query of a list', () => {
  it('may be empty: the newest fifty', () => {
    expect(eventsQuery.parse({})).toEqual({ limit: 50 });
    expect(deadLettersQuery.parse({})).toEqual({ limit: 50 });
  });

  it('takes its filters as text, as a URL carries them', () => {
    const query = {
      status: 'FAILED',
      channel: 'sms',
      priority: 'critical',
      provider: 'twilio',
      limit: '200',
      cursor: id,
    };
    expect(eventsQuery.parse({ ...query, from: '2030-01-31T09:00:00+01:00' })).toEqual({
      ...query,
      limit: 200,
      from: new Date('2030-01-31T08:00:00Z'),
    });
  });

  it.each(['0', '201', '-1', '1.5', '1e2', '', 'all', '00001'])('asks for 1 to 200 events, not for %j', (limit) => {
    expect(pathsOf(eventsQuery, { limit })).toEqual(['limit']);
  });

  it('has every faulty and every unknown filter named, also those that want to be operators', () => {
    const query = { status: ['FAILED', 'SENT'], chanel: 'sms', 'status[$ne]': 'x', from: 'yesterday', cursor: '1' };
    expect(new Set(pathsOf(eventsQuery, query))).toEqual(
      new Set(['status', 'chanel', 'status[$ne]', 'from', 'cursor']),
    );
  });
});

describe('the cursor of the dead letters', () => {
  it('is the place after which the next page starts', () => {
    const at = new Date('2030-01-31T09:00:00.123Z');
    expect(deadLettersQuery.parse({ cursor: `${at.getTime()}_${id}` }).cursor).toEqual({ at, id });
  });

  it.each(['', id, `_${id}`, `1_${id}_1`, '1_x', `-1_${id}`, `${'9'.repeat(16)}_${id}`, '{"$gt":""}'])(
    'is none of %j',
    (cursor) => expect(pathsOf(deadLettersQuery, { cursor })).toEqual(['cursor']),
  );
});
