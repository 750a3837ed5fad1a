import { type Html, html } from '@postrider/shared/service/html.ts';
import type { Replay } from '../api/answers.ts';
import { definitions } from '../html/table.ts';
import { status, time } from '../html/values.ts';

export function replayBody(replay: Replay): Html {
  const { matched, replayed, skipped } = replay;
  const isRunning = replay.status === 'RUNNING';
  return html`<p><progress max="${Math.max(matched, 1)}" value="${matched === 0 ? 1 : replayed + skipped}" aria-label="Progress"></progress></p>
${definitions([
  ['Status', status(replay.status)],
  ['Sent again', `${replayed} of ${matched}`],
  ['Left out', skipped > 0 ? `${skipped}, which were no longer there to be sent` : null],
  ...filterOf(replay.filter),
  ['Events a second', replay.ratePerSecond],
  ['Asked for', html`${time(replay.requestedAt)}, by ${replay.requestedBy}`],
  ['Ended', time(replay.finishedAt)],
])}
${
  isRunning
    ? html`<form class="row" method="post" action="/replays/${encodeURIComponent(replay.replayId)}/stop"><button class="danger">Stop</button>
<span class="soft">What is sent stays sent; the rest stays among the dead letters.</span></form>`
    : null
}
<p class="row"><a href="/dead-letters">Dead letters</a></p>`;
}

const NAMES: Record<string, string> = {
  reason: 'Reason',
  channel: 'Channel',
  provider: 'Provider',
  from: 'Given up from',
  to: 'Given up before',
};

function filterOf({ ids, ...filter }: Record<string, unknown>): [string, Html | string | null][] {
  const named = Object.entries(NAMES).map(([key, name]): [string, Html | string | null] => {
    const value = filter[key];
    if (typeof value !== 'string') return [name, null];
    return [name, key === 'from' || key === 'to' ? time(value) : value];
  });
  return [...named, ['Named events', Array.isArray(ids) ? String(ids.length) : null]];
}
