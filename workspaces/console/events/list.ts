import { CHANNELS, PRIORITIES, PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import { STATUSES } from '@postrider/shared/events/status.ts';
import { html } from '@postrider/shared/service/html.ts';
import type { RequestHandler } from 'express';
import { eventPage } from '../api/answers.ts';
import type { Api } from '../api/api.ts';
import { type FilterField, filterForm, filterOf, pageLinks, toApi } from '../forms/filter.ts';
import { eventsTable } from '../html/event-tables.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from '../session/caller.ts';

const FIELDS: FilterField[] = [
  { name: 'status', label: 'Status', values: STATUSES },
  { name: 'channel', label: 'Channel', values: CHANNELS },
  { name: 'priority', label: 'Priority', values: PRIORITIES },
  { name: 'provider', label: 'Provider', values: PROVIDER_NAMES },
  { name: 'type', label: 'Type' },
  { name: 'from', label: 'From (UTC)', isTime: true },
  { name: 'to', label: 'Until (UTC)', isTime: true },
];

/** GET /events : newest first, in pages. */
export function listEvents(api: Api): RequestHandler {
  return async (request, response) => {
    const filter = filterOf(FIELDS, request.query);
    const cursor = request.query['cursor'] as string | undefined;
    const { events, nextCursor } = await api.call(
      callerOf(request),
      { service: 'ingestion', path: '/v1/events', query: { ...toApi(FIELDS, filter), cursor } },
      eventPage,
    );
    sendPage(request, response, {
      title: 'Events',
      body: html`${filterForm('/events', FIELDS, filter)}
${eventsTable(events)}
${pageLinks('/events', filter, cursor, nextCursor)}`,
    });
  };
}
