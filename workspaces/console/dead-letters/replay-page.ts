import { type Html, html } from '@postrider/shared/service/html.ts';
import type { DryRun } from '../api/answers.ts';
import { hiddenFields } from '../forms/filter.ts';
import { definitions, rowsTable } from '../html/table.ts';
import { eventLink, time } from '../html/values.ts';
import { digestOf } from './replay-order.ts';

interface Shown {
  order: Record<string, string>;
  found: DryRun;
  /** Since it was shown before. */
  hasChanged: boolean;
}

/** What a replay would do, and the button that has it done. */
export function dryRunBody({ order, found, hasChanged }: Shown): Html {
  const { matched, total, counts, withoutPayload = 0 } = found;
  return html`${
    hasChanged
      ? html`<div class="notice" role="alert"><p>The dead letters have changed since you were shown them. Nothing was sent; this is what there is now.</p></div>`
      : null
  }
<p>${amount(matched, total)} would be sent again.</p>
${notices(counts, withoutPayload)}
${rowsTable(
  'Dead letters by channel and reason',
  [
    { name: 'Channel', cell: ({ channel }) => channel },
    { name: 'Reason', cell: ({ reason }) => reason },
    { name: 'Dead letters', cell: ({ count }) => count },
  ],
  counts,
)}
<h2>Which</h2>
${definitions([
  ['Event', order['id'] && eventLink(order['id'])],
  ['Reason', order['reason']],
  ['Channel', order['channel']],
  ['Provider', order['provider']],
  ['Given up from', time(order['from'])],
  ['Given up before', time(order['to'])],
  ['Events a second', order['ratePerSecond']],
])}
${
  matched > withoutPayload
    ? html`<form class="row" method="post" action="/dead-letters/replay">${hiddenFields({ ...order, shown: digestOf(found) })}
<button class="main">Send ${matched} again</button><a href="/dead-letters">Leave them</a></form>`
    : html`<p><a href="/dead-letters">Back to the dead letters</a></p>`
}`;
}

function amount(matched: number, total: number): string {
  if (matched < total) return `The oldest ${matched} of ${total} dead letters`;
  return total === 1 ? 'One dead letter' : `${total} dead letters`;
}

function notices(counts: DryRun['counts'], withoutPayload: number): Html | null {
  const mayHaveArrived = counts.some(({ reason }) => reason === 'unknown_outcome');
  if (!mayHaveArrived && withoutPayload === 0) return null;
  return html`<div class="notice">${
    mayHaveArrived
      ? html`<p>Those with the reason <code>unknown_outcome</code> may have arrived: sent again, they may arrive twice. Ask the provider first.</p>`
      : null
  }${
    withoutPayload > 0
      ? html`<p>What ${withoutPayload} of them were to send has been removed: they are left as they are.</p>`
      : null
  }</div>`;
}
