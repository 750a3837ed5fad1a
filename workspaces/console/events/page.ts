import { sourcesOf, type Status } from '@postrider/shared/events/status.ts';
import { type Html, html } from '@postrider/shared/service/html.ts';
import type { Attempt, Change, EventDetails } from '../api/answers.ts';
import { confirmed } from '../forms/confirmed.ts';
import { childrenTable } from '../html/event-tables.ts';
import { definitions, rowsTable } from '../html/table.ts';
import { eventLink, status, time, whyGivenUp } from '../html/values.ts';
import { maskedRecipients } from './recipients.ts';

/** One event and all that happened to it. The payload is shown to whoever asks for it only. */
export function eventBody(event: EventDetails, isPayloadShown: boolean): Html {
  return html`${summary(event)}
<div class="row">${actions(event)}</div>
${event.children && html`<h2>Messages</h2>${childrenTable(event.children)}`}
${event.children ? null : html`<h2>Attempts</h2>${attemptsTable(event.attempts)}<h2>History</h2>${historyTable(event.history)}`}
${event.metadata && html`<h2>Metadata</h2>${json(event.metadata)}`}
${sent(event, isPayloadShown)}`;
}

function summary(event: EventDetails): Html {
  const { deadLetter, payloadRemoved } = event;
  return definitions([
    ['Status', status(event.status)],
    ['Dead letter', deadLetter && whyGivenUp(deadLetter)],
    ['Recipient', maskedRecipients(event).join(', ')],
    ['Channel', event.channel],
    ['Type', event.type],
    ['Provider', event.provider],
    ['Priority', event.priority],
    ["Client's id", event.eventId],
    ['Typed event', event.parentId === undefined ? null : eventLink(event.parentId)],
    ['Created', time(event.createdAt)],
    ['Send at', time(event.sendAt)],
    ['Next attempt', time(event.nextAttemptAt)],
    ['Expires', time(event.expiresAt)],
    ['Payload', payloadRemoved && html`removed (${payloadRemoved.reason}), ${time(payloadRemoved.at)}`],
    ['Trace', event.traceId && html`<span class="id">${event.traceId}</span>`],
  ]);
}

const CANCELABLE = new Set<string>(sourcesOf('CANCELED'));

export function isCancelable({ status, children }: Pick<EventDetails, 'status' | 'children'>): boolean {
  return children ? children.some((child) => CANCELABLE.has(child.status)) : CANCELABLE.has(status);
}

function actions(event: EventDetails): Html | null {
  const path = `/events/${encodeURIComponent(event.id)}/cancel`;
  const warning = event.children
    ? 'Its messages that are not being sent yet will never be sent.'
    : 'It will never be sent.';
  if (isCancelable(event)) return confirmed({ name: 'Cancel this event', warning, action: 'Cancel it', path });
  const isReplayable = event.status === ('DEAD_LETTERED' satisfies Status) && !event.children && !event.payloadRemoved;
  return isReplayable
    ? html`<form method="post" action="/dead-letters/replay"><input type="hidden" name="id" value="${event.id}"><button>Replay…</button></form>`
    : null;
}

function attemptsTable(attempts: Attempt[]): Html {
  return rowsTable(
    'Attempts',
    [
      { name: 'No.', cell: ({ number }) => number },
      { name: 'Provider', cell: ({ provider }) => provider },
      { name: 'Started', cell: ({ startedAt }) => time(startedAt) },
      { name: 'Took', cell: ({ durationMs }) => `${Math.round(durationMs)} ms` },
      { name: 'Outcome', cell: ({ outcome }) => outcome },
      { name: 'Error', cell: ({ errorClass, code }) => [errorClass, code].filter(Boolean).join(', ') },
      { name: 'Detail', cell: ({ detail }) => detail },
      { name: 'Message id', cell: ({ messageId }) => messageId && html`<span class="id">${messageId}</span>` },
    ],
    attempts,
  );
}

function historyTable(history: Change[]): Html {
  return rowsTable(
    'History',
    [
      { name: 'Status', cell: (change) => status(change.status) },
      { name: 'At', cell: ({ at }) => time(at) },
      { name: 'Reason', cell: ({ reason }) => reason && reasonOf(reason) },
      { name: 'By', cell: ({ by }) => by },
    ],
    history,
  );
}

/** A replay names itself as the reason. */
function reasonOf(reason: string): Html | string {
  const [, id] = /^replay ([0-9a-f-]{36})$/.exec(reason) ?? [];
  return id === undefined ? reason : html`<a href="/replays/${id}">${reason}</a>`;
}

function sent({ payload, data, to }: EventDetails, isShown: boolean): Html | null {
  if (!payload && !data) return null;
  if (!isShown) return html`<p><a href="?payload=shown">Show the payload, with whom it is for</a></p>`;
  return html`<h2>Payload</h2>${json(payload ?? { to, data })}`;
}

const json = (value: object): Html => html`<pre>${JSON.stringify(value, null, 2)}</pre>`;
