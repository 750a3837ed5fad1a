import { textOfHtml } from './text-of-html.ts';

test('a mail reads as text what it says as HTML, and nothing of how it looks', () => {
  const html = `<!doctype html><html><head><title>Order</title><style>p { color: red }</style></head><body>
    <h1>Hello Ada</h1><p>Your order <b>4711</b> &amp; more has left.
    See <a href="https://shop.example/o/4711">your order</a> or <a href="https://shop.example">https://shop.example</a>.</p>
    <ul><li>Shoes</li><li>Größe 42</li></ul><img src="logo.png" alt="Logo"><script>alert(1)</script></body></html>`;
  expect(textOfHtml(html)).toBe(
    [
      'Hello Ada',
      '',
      'Your order 4711 & more has left. See your order <https://shop.example/o/4711> or https://shop.example.',
      '',
      ' * Shoes',
      ' * Größe 42',
    ].join('\n'),
  );
});

test.each(['<img src="x.png">', '<style>p {}</style>', '   ', '<p>&nbsp;</p>'])('%j has no text', (html) => {
  expect(textOfHtml(html)).toBeUndefined();
});

test('no HTML is too hostile for it: what would take long has no text', () => {
  expect(textOfHtml('<div>'.repeat(50_000))).toBeUndefined();
  expect(textOfHtml('<p>a</p>'.repeat(2_501))).toBeUndefined();
  expect(textOfHtml('<p>a</p>'.repeat(2_500))?.startsWith('a\n\na')).toBe(true);
  for (const piece of ['<blockquote>', '<ul><li>', '<table><tr><td>', '<b>']) {
    expect(textOfHtml(`${piece.repeat(2_000)}deep`) ?? '').not.toContain(piece);
  }
  for (const odd of ['<'.repeat(4_000), '<a b='.repeat(4_000), '&#x'.repeat(50_000), '<!--', '<![CDATA[', '\0']) {
    expect(() => textOfHtml(odd)).not.toThrow();
  }
});
