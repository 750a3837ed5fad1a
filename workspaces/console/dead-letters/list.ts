import { type Html, html } from '@postrider/shared/service/html.ts';
import type { RequestHandler } from 'express';
import { deadLetterPage } from '../api/answers.ts';
import type { Api } from '../api/api.ts';
import { type Filter, filterForm, filterOf, hiddenFields, pageLinks, toApi } from '../forms/filter.ts';
import { deadLettersTable } from '../html/event-tables.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from '../session/caller.ts';
import { FIELDS } from './filter.ts';

/** GET /dead-letters : newest first, in pages, and the way to a replay of them. */
export function listDeadLetters(api: Api): RequestHandler {
  return async (request, response) => {
    const filter = filterOf(FIELDS, request.query);
    const cursor = request.query['cursor'] as string | undefined;
    const { deadLetters, nextCursor } = await api.call(
      callerOf(request),
      { service: 'retry', path: '/v1/dead-letters', query: { ...toApi(FIELDS, filter), cursor } },
      deadLetterPage,
    );
    sendPage(request, response, {
      title: 'Dead letters',
      body: html`${filterForm('/dead-letters', FIELDS, filter)}
${deadLettersTable(deadLetters)}
${pageLinks('/dead-letters', filter, cursor, nextCursor)}
${deadLetters.length > 0 ? replayForm(filter) : null}`,
    });
  };
}

/** Begins with a dry run, of all that the filter means and not of this page only. */
const replayForm = (filter: Filter): Html => html`<h2>Send them again</h2>
<form class="fields" method="post" action="/dead-letters/replay">${hiddenFields(toApi(FIELDS, filter))}
<label>At most, the oldest first<input type="number" name="limit" min="1" value="1000" required></label>
<label>Events a second<input type="number" name="ratePerSecond" min="0.1" step="any" value="10" required></label>
<button class="main">See what would be sent…</button></form>
<p class="soft">${
  Object.keys(filter).length > 0
    ? 'All dead letters of this filter, on whichever page.'
    : 'All dead letters; a filter above makes them fewer.'
} Nothing is sent before you have seen what it would be and have said so.</p>`;
