import { CHANNELS, type Channel } from '../behaviours/behaviour.ts';
import type { Arrival } from '../received/arrival.ts';
import type { Counts } from '../received/received-store.ts';
import { type Html, html } from '@postrider/shared/service/html.ts';
import { page } from './layout.ts';

/** What has arrived, newest first. */
export function arrivalsPage(arrivals: Arrival[], counts: Counts, channel: Channel | undefined): string {
  const header = html`<h1>Provider sandbox</h1><nav>${link('All', undefined, channel)}${CHANNELS.map((name) =>
    link(LABELS[name], name, channel),
  )}</nav>`;
  const list =
    arrivals.length > 0
      ? arrivals.toReversed().map(card)
      : html`<p class="empty">Nothing has arrived yet. Messages of every channel show up here by themselves.</p>`;
  return page('Provider sandbox', header, html`<p class="dim">${summary(counts)}</p>${list}`, { refresh: true });
}

const LABELS: Record<Channel, string> = {
  email: 'E-mail',
  sms: 'SMS',
  push: 'Push',
  chat: 'Chat',
  webhook: 'Webhooks',
};

function link(label: string, channel: Channel | undefined, current: Channel | undefined): Html {
  const href = channel ? `/?channel=${channel}` : '/';
  return channel === current
    ? html`<a href="${href}" aria-current="page">${label}</a>`
    : html`<a href="${href}">${label}</a>`;
}

function summary({ byChannel, refused }: Counts): string {
  const tries = Object.values(refused).flatMap((reasons) => Object.values(reasons));
  const refusals = tries.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const arrived = CHANNELS.map((channel) => `${byChannel[channel]} ${LABELS[channel]}`).join(', ');
  return `${arrived}; ${refusals} tries not accepted`;
}

const CONTENT: Record<Channel, (arrival: Arrival) => Html> = {
  email: ({ seq, subject, text }) =>
    html`<div><a href="/mails/${seq}">${subject || '(no subject)'}</a></div><div class="preview">${text?.slice(0, 200)}</div>`,
  sms: ({ text }) => html`<div class="bubble">${text}</div>`,
  push: ({ subject, text }) => html`<div class="bubble"><b>${subject}</b>\n${text}</div>`,
  chat: ({ text }) => html`<div class="bubble">${text}</div>`,
  webhook: ({ body, headers }) =>
    html`<pre>${pretty(body)}</pre><details><summary>Headers</summary>${headerTable(headers)}</details>`,
};

function card(arrival: Arrival): Html {
  const { seq, channel, recipient, sender, id, method, receivedAt } = arrival;
  return html`<article><div class="top"><span class="kind">${channel}</span>
<span class="to">${method ? `${method} ` : ''}${recipient}</span>
<span class="dim">${sender ? `from ${sender}` : ''}</span>
<span class="dim">#${seq} · <time datetime="${receivedAt}">${receivedAt.slice(0, 19).replace('T', ' ')}</time> UTC</span></div>
${CONTENT[channel](arrival)}<div class="dim">${id ? `event ${id}` : ''}</div></article>`;
}

export function headerTable(headers: Arrival['headers']): Html {
  const rows = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one) => ({ name, one })));
  return html`<table>${rows.map(({ name, one }) => html`<tr><th scope="row">${name}</th><td>${one}</td></tr>`)}</table>`;
}

const SHOWN_CHARACTERS = 20_000;

function pretty(body: string): string {
  const shown =
    body.length > SHOWN_CHARACTERS ? `${body.slice(0, SHOWN_CHARACTERS)}\n… ${body.length} characters` : body;
  try {
    return body.length > SHOWN_CHARACTERS ? shown : JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return shown;
  }
}
