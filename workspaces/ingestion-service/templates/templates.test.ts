import { ConfigError } from '@postrider/shared/service/config.ts';
import { templatesOf } from '../routing/routing-in-test.ts';
import { MAX_OUTPUT } from './liquid.ts';
import { render } from './render.ts';

const html = (body: string): string => `--- subject\nHello\n--- html\n${body}`;

/** What one template makes of some data: the payload's fields, or the faults. */
function rendered(name: string, text: string, data: object, more: Record<string, string> = {}): unknown {
  const [type = '', file = ''] = name.split('/');
  const [channel = ''] = file.split('.');
  const template = templatesOf({ [name]: text, ...more }).find(type, channel as 'email');
  if (!template) throw new Error('no template');
  const result = render(template, { type, data });
  return 'fields' in result ? result.fields : result.faults;
}

describe('a template', () => {
  it('writes the parts of its message', () => {
    const text =
      '--- subject\nHello {{ data.name }}\n\n--- text\nDear {{ data.name }},\n\nwelcome.\n--- html\n<p>{{ data.name }}</p>\n';
    expect(rendered('a.b/email.liquid', text, { name: 'Ada' })).toEqual({
      subject: 'Hello Ada',
      text: 'Dear Ada,\n\nwelcome.',
      html: '<p>Ada</p>',
    });
  });

  it('of one part needs no line for it', () => {
    expect(rendered('a/sms.liquid', 'Code {{ data.code }}\n', { code: 1 })).toEqual({ text: 'Code 1' });
  });

  it('escapes values in HTML, and not in text', () => {
    const text =
      '--- subject\n{{ data.x }}\n--- text\n{{ data.x }}\n--- html\n<p title="{{ data.x }}">{{ data.x }}</p>';
    expect(rendered('a/email.liquid', text, { x: '"><script>alert(1)</script>&' })).toEqual({
      subject: '"><script>alert(1)</script>&',
      text: '"><script>alert(1)</script>&',
      html: '<p title="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;">&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;</p>',
    });
  });

  it('writes values of a webhook as JSON: no value can break out of its place', () => {
    const text = '{"name": {{ data.name }}, "amount": {{ data.amount }}, "all": {{ data.list }}}';
    expect(
      rendered('a/webhook.liquid', text, { name: 'x", "admin": true, "y": "', amount: 5, list: [1, 'b'] }),
    ).toEqual({
      body: { name: 'x", "admin": true, "y": "', amount: 5, all: [1, 'b'] },
    });
    expect(rendered('a/webhook.liquid', '{"a": {{ data.a }}', { a: 1 })).toEqual([
      { path: 'data', message: expect.stringContaining('no JSON') },
    ]);
  });

  it('keeps a subject on one line, whatever the data holds', () => {
    const data = { name: 'Ada\r\nBcc: eve@example.com' };
    expect(rendered('a/email.liquid', '--- subject\nHello {{ data.name }}\n--- text\nx', data)).toMatchObject({
      subject: 'Hello Ada Bcc: eve@example.com',
    });
  });

  it('names what is missing, and does not mind what may be missing', () => {
    const text =
      '{% if data.nickname %}{{ data.nickname }}{% else %}{{ data.title | default: "" }}{{ data.user.name }}{% endif %}';
    expect(rendered('a/sms.liquid', text, {})).toEqual([
      { path: 'data.user.name', message: expect.stringMatching(/missing.*a\/sms\.liquid/) },
    ]);
    expect(rendered('a/sms.liquid', text, { user: { name: 'Ada' } })).toEqual({ text: 'Ada' });
  });

  it('sees nothing of a value but its own fields', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(rendered('a/sms.liquid', `{{ data.${name} }}`, {})).toEqual([
        expect.objectContaining({ path: `data.${name}` }),
      ]);
    }
  });

  it('may take partials of its own folder, and no other file', () => {
    const more = { 'partials/hello.liquid': 'Hello {{ name }}\n' };
    expect(rendered('a/sms.liquid', '{% render "hello", name: data.name %}!', { name: 'Ada' }, more)).toEqual({
      text: 'Hello Ada!',
    });
    for (const path of ['../../../../etc/passwd', '/etc/passwd', 'hello.liquid', '../a/sms.liquid']) {
      expect(rendered('a/sms.liquid', '{% render data.path %}', { path }, more)).toEqual([
        { path: 'data', message: expect.stringContaining('ENOENT') },
      ]);
    }
  });

  it.each([
    ['time', '{% for a in (1..3000) %}{% for b in (1..3000) %}x{% endfor %}{% endfor %}', {}],
    ['memory', '{% for a in (1..100000000) %}x{% endfor %}', {}],
    ['output', '{% for x in data.list %}{{ x }}{% endfor %}', { list: Array(10).fill('x'.repeat(MAX_OUTPUT / 5)) }],
  ])('that takes too much %s is given up', (_what, text, data) => {
    expect(rendered('a/sms.liquid', text, data)).toEqual([
      { path: 'data', message: expect.stringMatching(/limit|more than/) },
    ]);
  });
});

describe('the language of a message', () => {
  const templates = templatesOf({
    'a/sms.liquid': 'any',
    'a/sms.de.liquid': 'German',
    'a/sms.pt-BR.liquid': 'Brazilian',
  });

  it.each([
    ['de', 'a/sms.de.liquid'],
    ['de-AT', 'a/sms.de.liquid'],
    ['de-Latn-AT', 'a/sms.de.liquid'],
    ['pt-BR', 'a/sms.pt-BR.liquid'],
    ['pt', 'a/sms.liquid'],
    ['fr', 'a/sms.liquid'],
    [undefined, 'a/sms.liquid'],
  ])('for %s is that of %s', (locale, file) => {
    expect(templates.find('a', 'sms', locale)?.file).toBe(file);
  });

  it('is of the message, not of the type: there is none on another channel', () => {
    expect(templates.find('a', 'email', 'de')).toBeUndefined();
    expect(templates.find('b', 'sms', 'de')).toBeUndefined();
  });
});

describe('a faulty template stops the start', () => {
  it.each([
    ['a/sms.liquid', 'fine\n{{ data.x | nofilter }}', 'a/sms.liquid:2: undefined filter: nofilter'],
    ['a/sms.liquid', 'fine\n\n{% if data.x %}', 'a/sms.liquid:3: '],
    ['a/sms.liquid', '{% nothing %}', 'a/sms.liquid:1: '],
    ['a/sms.liquid', '\n{{ user.name }}', 'a/sms.liquid:2: there is no variable user'],
    ['a/sms.liquid', '{% render "missing" %}', 'a/sms.liquid:1: '],
    ['a/email.liquid', html('<p>\n{{ data.x | nofilter }}</p>'), 'a/email.liquid:5: undefined filter'],
    ['a/email.liquid', 'no parts', 'a/email.liquid:1: must consist of parts'],
    ['a/email.liquid', '--- subject\nx', 'a/email.liquid:1: the part text or html is missing'],
    ['a/email.liquid', '--- html\nx', 'a/email.liquid:1: the part subject is missing'],
    ['a/email.liquid', `${html('x')}\n--- html\ny`, 'a/email.liquid:5: the part html is there twice'],
    ['a/email.liquid', `${html('x')}\n--- body\ny`, 'a/email.liquid:5: email has no part body'],
    ['a/email.liquid', `x\n${html('x')}`, 'a/email.liquid:1: text before the first part'],
    ['a/fax.liquid', 'x', 'a/fax.liquid:1: is not named'],
    ['a/sms.klingon!.liquid', 'x', 'a/sms.klingon!.liquid:1: is not named'],
    ['sms.liquid', 'x', 'sms.liquid:1: is not named'],
  ])('%s %j', (name, text, fault) => {
    const load = () => templatesOf({ [name]: text, 'b/sms.liquid': 'fine' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(fault);
  });

  it('with all faults of all files at once', () => {
    const load = () => templatesOf({ 'a/sms.liquid': '{% x %}', 'b/sms.liquid': '{% y %}' });
    expect(load).toThrow(/a\/sms\.liquid:1.*\n.*b\/sms\.liquid:1/);
  });
});
