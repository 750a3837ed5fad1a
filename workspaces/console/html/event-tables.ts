import type { Html } from '@postrider/shared/service/html.ts';
import type { Child, ListedEvent } from '../api/answers.ts';
import { rowsTable } from './table.ts';
import { eventLink, status, time, whyGivenUp } from './values.ts';

/** A typed event has messages of several channels. */
const kind = ({ type, channel, children }: ListedEvent): string =>
  channel ?? `${type ?? 'typed'}, ${children?.length ?? 0} messages`;

export function eventsTable(events: ListedEvent[]): Html {
  return rowsTable(
    'Events',
    [
      { name: 'Event', cell: ({ id }) => eventLink(id) },
      { name: 'Status', cell: (event) => status(event.status) },
      { name: 'Channel', cell: kind },
      { name: 'Priority', cell: ({ priority }) => priority },
      { name: 'Provider', cell: ({ provider }) => provider },
      { name: 'Created', cell: ({ createdAt }) => time(createdAt) },
      { name: 'Next attempt', cell: ({ nextAttemptAt }) => time(nextAttemptAt) },
    ],
    events,
  );
}

export function deadLettersTable(letters: ListedEvent[]): Html {
  return rowsTable(
    'Dead letters',
    [
      { name: 'Event', cell: ({ id }) => eventLink(id) },
      {
        name: 'Reason',
        cell: ({ deadLetter }) => deadLetter && whyGivenUp(deadLetter),
      },
      { name: 'Channel', cell: ({ channel }) => channel },
      { name: 'Provider', cell: ({ provider }) => provider },
      { name: 'Given up', cell: ({ deadLetter }) => time(deadLetter?.at) },
      { name: 'Payload', cell: ({ payloadRemoved }) => payloadRemoved && `removed (${payloadRemoved.reason})` },
    ],
    letters,
  );
}

/** What a typed event became. */
export function childrenTable(children: Child[]): Html {
  return rowsTable(
    'Messages',
    [
      { name: 'Event', cell: ({ id }) => eventLink(id) },
      { name: 'Status', cell: (child) => status(child.status) },
      { name: 'Channel', cell: ({ channel }) => channel },
      { name: 'Provider', cell: ({ provider }) => provider },
      { name: 'Priority', cell: ({ priority }) => priority },
    ],
    children,
  );
}
