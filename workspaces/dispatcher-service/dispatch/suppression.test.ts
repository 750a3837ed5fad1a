import { emailPayload, smsPayload, webhookPayload } from '@postrider/shared/events/payloads.ts';
import { remainderOf, withSuppressed } from './suppression.ts';

const mail = (more: object) => emailPayload.parse({ subject: 'Hello', text: 'Hello', ...more });
const isSuppressed = (one: string): boolean => ['gone@example.com', '+12025550123'].includes(one);

describe('what is left of a message without its suppressed recipients', () => {
  it('is all of it where none is suppressed', () => {
    for (const payload of [
      mail({ to: ['ada@example.com', 'bob@example.com'] }),
      smsPayload.parse({ to: '+12025550124', text: 'Hello' }),
      webhookPayload.parse({ url: 'https://example.com', body: {} }),
    ]) {
      expect(remainderOf(payload, isSuppressed)).toEqual({ payload, suppressed: 0 });
    }
  });

  it('is nothing of a message to one', () => {
    for (const payload of [smsPayload.parse({ to: '+12025550123', text: 'Hello' }), mail({ to: 'GONE@Example.com' })]) {
      expect(remainderOf(payload, isSuppressed)).toEqual({ payload: undefined, suppressed: 1 });
    }
  });

  it('is an e-mail to the others, wherever the suppressed ones stood', () => {
    const { payload, suppressed } = remainderOf(
      mail({ to: ['gone@example.com', 'ada@example.com'], cc: ['Gone@example.com'], bcc: ['bob@example.com'] }),
      isSuppressed,
    );
    expect(suppressed).toBe(1);
    expect(payload).toEqual({
      to: [{ name: '', address: 'ada@example.com' }],
      bcc: [{ name: '', address: 'bob@example.com' }],
      subject: 'Hello',
      text: 'Hello',
    });
  });

  it('is nothing of an e-mail whose every `to` is suppressed: nobody else was meant first', () => {
    const { payload } = remainderOf(mail({ to: 'gone@example.com', cc: ['ada@example.com'] }), isSuppressed);
    expect(payload).toBeUndefined();
  });
});

describe('the attempt of a message that some recipients do not get', () => {
  it('says so, beside what the provider said', () => {
    const remainder = { payload: undefined, suppressed: 2 };
    expect(withSuppressed({ outcome: 'delivered' }, remainder)).toEqual({
      outcome: 'delivered',
      detail: 'recipients on the suppression list, not sent to: 2',
    });
    expect(withSuppressed({ outcome: 'delivered', detail: '250 OK' }, remainder).detail).toMatch(/^250 OK; recipients/);
  });
});
