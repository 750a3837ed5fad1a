import { PERSONAL_CHANNELS } from '@postrider/shared/events/recipients.ts';
import { SUPPRESSION_REASONS } from '@postrider/shared/events/suppression.ts';
import { type Html, html } from '@postrider/shared/service/html.ts';
import type { Suppression } from '../api/answers.ts';
import { confirmed } from '../forms/confirmed.ts';
import { type Filter, type FilterField, filterForm, pageLinks } from '../forms/filter.ts';
import { rowsTable } from '../html/table.ts';
import { eventLink, time } from '../html/values.ts';

export const FIELDS: FilterField[] = [
  { name: 'channel', label: 'Channel', values: PERSONAL_CHANNELS },
  { name: 'reason', label: 'Reason', values: SUPPRESSION_REASONS },
];

interface Suppressions {
  suppressions: Suppression[];
  nextCursor?: string | undefined;
  filter: Filter;
  cursor?: string | undefined;
  /** Who was looked for. */
  recipient?: string | undefined;
}

export function suppressionsBody({ suppressions, nextCursor, filter, cursor, recipient }: Suppressions): Html {
  return html`${filterForm('/suppressions', FIELDS, filter)}
<form class="fields" method="post" action="/suppressions"><label>Channel<select name="channel">${PERSONAL_CHANNELS.map((name) => html`<option>${name}</option>`)}</select></label>
<label>Recipient<input type="text" name="recipient" value="${recipient}" required maxlength="1024" autocomplete="off"></label><button>Find</button></form>
${suppressionsTable(suppressions)}
${pageLinks('/suppressions', filter, cursor, nextCursor)}`;
}

function suppressionsTable(suppressions: Suppression[]): Html {
  return rowsTable(
    'Suppressions',
    [
      { name: 'Recipient', cell: ({ recipient }) => recipient },
      { name: 'Channel', cell: ({ channel }) => channel },
      { name: 'Reason', cell: ({ reason }) => reason },
      { name: 'Reported by', cell: ({ provider }) => provider },
      { name: 'About', cell: ({ eventId }) => eventId && eventLink(eventId) },
      { name: 'Note', cell: ({ note }) => note },
      { name: 'Since', cell: ({ createdAt }) => time(createdAt) },
      {
        name: 'Remove',
        cell: ({ id }) =>
          confirmed({
            name: 'Remove',
            warning: 'They will get messages again.',
            action: 'Remove them',
            path: `/suppressions/${encodeURIComponent(id)}/remove`,
          }),
      },
    ],
    suppressions,
  );
}
