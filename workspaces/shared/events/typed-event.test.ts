import * as fc from 'fast-check';
import { mongo } from 'mongoose';
import { toFieldErrors } from '../errors/validation.ts';
import { eventRequest } from './event-request.ts';
import { acceptance } from './store/store-in-test.ts';
import { type ChildRequest, newFamily, typedEventRequest } from './typed-event.ts';

const { BSON } = mongo;
const now = new Date('2030-01-31T09:00:00Z');

const sms = eventRequest.parse({ channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } });
const child: ChildRequest = { channel: sms.channel, payload: sms.payload, priority: 'critical' };

const familyOf = (more: object, idempotencyKey?: string, children = [child]) =>
  newFamily(typedEventRequest.parse({ type: 'custom', ...more }), children, { ...acceptance(now), idempotencyKey });

const faultsOf = (body: object): string[] => {
  const { error } = typedEventRequest.safeParse({ type: 'custom', ...body });
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('the documents of a typed event', () => {
  it('are a parent with the key, and children without one that share all the rest', () => {
    const { parent, children } = familyOf(
      { eventId: 'e-1', sendAt: '2030-02-01T00:00:00Z', expiresAt: '2030-02-02T00:00:00Z', metadata: { tenant: 'a' } },
      undefined,
      [child, { ...child, priority: 'default' }],
    );
    expect(parent).toMatchObject({ idempotencyKey: 'e-1', eventId: 'e-1', children: children.map(({ _id }) => _id) });
    expect(parent).not.toHaveProperty('status');
    expect(parent).not.toHaveProperty('dueAt');
    expect(children.map(({ priority, queue }) => [priority, queue])).toEqual([
      ['critical', 'critical'],
      ['default', 'default'],
    ]);
    for (const event of children) {
      expect(event).toMatchObject({
        parentId: parent._id,
        type: 'custom',
        status: 'SCHEDULED',
        sendAt: parent.sendAt,
        expiresAt: parent.expiresAt,
        metadata: { tenant: 'a' },
        traceparent: parent.traceparent,
      });
      expect(event).not.toHaveProperty('idempotencyKey');
      expect(event).not.toHaveProperty('requestHash');
    }
  });

  it('know a repeated request, whatever time it is, whatever its children are by now', () => {
    const hash = (more: object, children = [child]) => familyOf(more, 'key', children).parent.requestHash;
    expect(hash({ data: { a: 1 }, locale: 'de-at' }, [])).toBe(hash({ locale: 'de-AT', data: { a: 1 } }));
    expect(hash({ data: { a: 1 } })).not.toBe(hash({ data: { a: 2 } }));
    expect(hash({ to: { email: 'a@b.example' } })).not.toBe(hash({ to: { email: 'c@d.example' } }));
  });

  it('of a child that goes out at another time say so', () => {
    const sendAt = new Date('2030-02-01T07:00:00Z');
    const quietHours = { from: '22:00', to: '07:00', timeZone: 'UTC' };
    const { parent, children } = familyOf({}, undefined, [{ ...child, sendAt, quietHours }]);
    expect(children[0]).toMatchObject({ status: 'SCHEDULED', sendAt, dueAt: sendAt, quietHours });
    expect(parent).not.toHaveProperty('sendAt');
  });
});

describe('a typed event', () => {
  it.each([
    [{ type: '' }, ['type']],
    [{ type: 'a..b' }, ['type']],
    [{ type: 'a/b' }, ['type']],
    [{ type: 'x'.repeat(101) }, ['type']],
    [{ locale: 'no such locale' }, ['locale']],
    [{ data: [] }, ['data']],
    [{ data: { $where: 1 } }, ['data']],
    [{ to: { 'a.b': 'x' } }, ['to.a.b']],
    [{ to: { email: '' } }, ['to.email']],
    [{ to: JSON.parse('{"__proto__": "x"}') as object }, ['to.__proto__']],
    [{ to: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`r${n}`, 'x'])) }, ['to']],
    [{ provider: 'smtp' }, ['provider']],
    [{ leadDays: 3 }, ['leadDays']],
    [{ priority: 'urgent' }, ['priority']],
  ])('%j is at fault in %j', (body, paths) => {
    expect(faultsOf(body)).toEqual(paths);
  });

  const key = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', '_bsontype', '$set', 'a.b', '', 'then', 'toJSON', 'toBSON', '_id'),
    fc.string({ maxLength: 8 }),
  );
  const json = fc.dictionary(key, fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.dictionary(key, fc.string())));

  it('whatever a client sends is refused, or MongoDB can store it and gives it back as it was', () => {
    let accepted = 0;
    fc.assert(
      fc.property(json, fc.dictionary(key, fc.string(), { maxKeys: 2 }), json, (data, to, metadata) => {
        const body = JSON.parse(JSON.stringify({ type: 'custom', data, to, metadata })) as unknown;
        const parsed = typedEventRequest.safeParse(body);
        if (!parsed.success) return;
        accepted += 1;
        const { parent } = newFamily(parsed.data, [child], acceptance(now));
        const stored: unknown = BSON.deserialize(BSON.serialize(parent));
        expect(JSON.stringify(stored)).toBe(JSON.stringify(parent));
      }),
      // One in a hundred is accepted.
      { numRuns: 4_000 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});
