import { filler, postriderTarget } from './target.ts';

test('an event is valid JSON with its number, its moment and the address of the sink', () => {
  const target = postriderTarget('http://127.0.0.1:3000', 'http://127.0.0.1:9100/hook');
  const event: unknown = JSON.parse(filler(target.event)(7, 1_234_567));
  expect(event).toMatchObject({
    channel: 'webhook',
    payload: { url: 'http://127.0.0.1:9100/hook', body: { n: 7, sentAt: 1_234_567 } },
  });
});
