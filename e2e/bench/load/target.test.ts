import { filler, postriderTarget } from './target.ts';

test('an event is valid JSON with its number, its moment and the address of the sink', () => {
  const target = postriderTarget('http://127.0.0.1:3000', 'http://127.0.0.1:9100/hook');
  const event: unknown = JSON.parse(filler(target.events)(7, 1_234_567));
  expect(event).toMatchObject({
    channel: 'webhook',
    payload: { url: 'http://127.0.0.1:9100/hook', body: { n: 7, sentAt: 1_234_567 } },
  });
});

test('events for several sinks go to them in turn', () => {
  const sinks = ['http://127.0.0.1:9100/hook', 'http://127.0.0.1:9101/hook', 'http://127.0.0.1:9102/hook'];
  const fill = filler(postriderTarget('http://127.0.0.1:3000', sinks).events);
  const urls = [3, 4, 5, 6].map((n) => (JSON.parse(fill(n, 0)) as { payload: { url: string } }).payload.url);
  expect(urls).toEqual([sinks[0], sinks[1], sinks[2], sinks[0]]);
});
