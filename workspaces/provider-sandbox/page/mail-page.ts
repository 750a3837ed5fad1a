import type { Arrival, MailPart } from '../received/arrival.ts';
import { headerTable } from './arrivals-page.ts';
import { type Html, html } from '@postrider/shared/service/html.ts';
import { page } from './layout.ts';

/** One mail as its reader would see it, and below that what it is made of. */
export function mailPage(mail: Arrival): string {
  const subject = mail.subject || '(no subject)';
  const header = html`<a href="/">← All arrivals</a><h1>${subject}</h1>`;
  return page(
    subject,
    header,
    html`${envelope(mail)}${htmlPart(mail)}${textPart(mail)}${parts(mail.parts ?? [])}
<h2>Headers</h2>${headerTable(mail.headers)}
<h2>Source</h2><details><summary>${mail.body.length} characters</summary><pre>${mail.body}</pre></details>`,
  );
}

function envelope({ seq, sender, recipient, receivedAt, id }: Arrival): Html {
  const rows = [
    ['From', sender],
    ['To', recipient],
    ['Received', `${receivedAt}, number ${seq}`],
    ['Event', id],
  ].filter(([, value]) => value);
  return html`<table>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>`;
}

function htmlPart(mail: Arrival): Html | null {
  if (mail.html === null) return null;
  return html`<h2>HTML</h2><iframe sandbox referrerpolicy="no-referrer" title="The mail's HTML" src="/mails/${mail.seq}/html"></iframe>`;
}

function textPart({ text }: Arrival): Html | null {
  return text === null ? null : html`<h2>Text</h2><pre>${text}</pre>`;
}

function parts(parts: MailPart[]): Html {
  return html`<h2>Parts</h2><table>${parts.map(
    ({ type, name, disposition, bytes }) =>
      html`<tr><th scope="row">${type}</th><td>${name ?? disposition ?? 'body'}</td><td>${bytes} bytes</td></tr>`,
  )}</table>`;
}
