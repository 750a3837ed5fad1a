import { createTransport } from 'nodemailer';
import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

const HOSTILE = '</pre><script>alert("x")</script>';

describe('the page', () => {
  let sandbox: SandboxInTest;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const open = async (path: string) => {
    const response = await fetch(sandbox.url + path);
    return {
      status: response.status,
      policy: response.headers.get('content-security-policy'),
      text: await response.text(),
    };
  };
  const mail = async (): Promise<number> => {
    const mailer = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort, secure: false });
    await mailer.sendMail({
      from: 'shop@example.com',
      to: 'ann@example.com',
      subject: `Subject ${HOSTILE}`,
      text: `Text ${HOSTILE}`,
      html: `<p>HTML</p>${HOSTILE}`,
      headers: { 'X-Note': HOSTILE },
    });
    mailer.close();
    return (await sandbox.received('channel=email')).at(-1)?.seq ?? 0;
  };

  it('says so when nothing has arrived', async () => {
    expect((await open('/')).text).toContain('Nothing has arrived yet');
  });

  it('lists what arrived, newest first, with nothing of it as markup', async () => {
    await fetch(`${sandbox.url}/webhooks/first`, { method: 'POST', body: JSON.stringify({ note: HOSTILE }) });
    await mail();
    const { text, policy } = await open('/');
    expect(text.indexOf('ann@example.com')).toBeLessThan(text.indexOf('/webhooks/first'));
    expect(text).toContain('&lt;/pre&gt;&lt;script&gt;');
    expect(text).not.toContain('<script>alert');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
  });

  it('shows one channel when asked to', async () => {
    await fetch(`${sandbox.url}/webhooks/first`, { method: 'POST', body: '{}' });
    await mail();
    const { text } = await open('/?channel=webhook');
    expect(text).toContain('/webhooks/first');
    expect(text).not.toContain('ann@example.com');
  });

  it('shows a mail with its HTML in a frame that runs nothing', async () => {
    const seq = await mail();
    const { text } = await open(`/mails/${seq}`);
    expect(text).toMatch(new RegExp(`<iframe sandbox [^>]*src="/mails/${seq}/html">`));
    expect(text).toContain('Text &lt;/pre&gt;');
    expect(text).toContain('x-note');
    expect(text).toContain('text/html');
    expect(text).not.toContain('<script>');

    const frame = await open(`/mails/${seq}/html`);
    expect(frame.text).toContain('<p>HTML</p>');
    expect(frame.policy).toMatch(/^sandbox; default-src 'none'/);
  });

  it('has no page for a mail that is not there', async () => {
    await fetch(`${sandbox.url}/webhooks/first`, { method: 'POST', body: '{}' });
    const seq = (await sandbox.received())[0]?.seq;
    for (const path of [`/mails/${seq}`, '/mails/999999', '/mails/x', '/mails/-1']) {
      expect((await open(path)).status).toBe(404);
    }
  });
});
