import { type EmailMessage, emailPayload } from '@postrider/shared/events/payloads.ts';
import type { SendContext } from './provider.ts';

export const EVENT_ID = '0199b6a1-7a1e-7000-8000-000000000001';

/** A mail with everything that a mail can have. */
export const FULL_MAIL: EmailMessage = emailPayload.parse({
  to: ['Jane <jane@corp.example>', 'Lee, "the" Boss <lee@corp.example>'],
  cc: ['cy@corp.example'],
  bcc: ['Zoë; hidden <zoe@corp.example>'],
  from: 'Größe <shop@other.example>',
  replyTo: 'Help <help@other.example>',
  subject: 'Größe 42 💌',
  text: 'Plain é\n',
  html: '<p>Rich é</p>',
  headers: { 'X-Shop': 'blue', 'In-Reply-To': '<1@corp.example>' },
  listUnsubscribe: { url: 'https://other.example/u?t=1,2', mailto: 'leave@other.example' },
  attachments: [
    {
      filename: 'Rechnung "42" ü.pdf',
      contentType: 'application/pdf; charset=binary',
      content: Buffer.from([0, 1, 2, 0xff]).toString('base64'),
    },
    { filename: 'notes.txt', contentType: 'text/plain', content: Buffer.from('Ünotes').toString('base64') },
  ],
});

export function emailContext(limitMs = 5_000): SendContext {
  return {
    eventId: EVENT_ID,
    attempt: 3,
    createdAt: new Date(Date.UTC(2026, 0, 15, 12)),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: AbortSignal.timeout(limitMs),
  };
}
