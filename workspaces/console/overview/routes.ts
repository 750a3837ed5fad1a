import type { RequestHandler } from 'express';
import { deadLetterPage, eventPage, type ListedEvent } from '../api/answers.ts';
import type { Api } from '../api/api.ts';
import { ApiProblem, ServiceAway } from '../api/api-error.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from '../session/caller.ts';
import { type Newest, overviewBody } from './page.ts';

const SHOWN = '10';

/** GET / : whether the services are ready, and what happened last. */
export function showOverview(api: Api): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const query = { limit: SHOWN };
    const [ingestion, retry, events, deadLetters] = await Promise.all([
      api.readiness('ingestion'),
      api.readiness('retry'),
      orReason(api.call(caller, { service: 'ingestion', path: '/v1/events', query }, eventPage), (page) => page.events),
      orReason(
        api.call(caller, { service: 'retry', path: '/v1/dead-letters', query }, deadLetterPage),
        (page) => page.deadLetters,
      ),
    ]);
    sendPage(request, response, {
      title: 'Overview',
      body: overviewBody([ingestion, retry], events, deadLetters),
    });
  };
}

/** One part that is away leaves the others to see. @throws ApiProblem 401, which is about the whole session. */
async function orReason<T>(asking: Promise<T>, listOf: (answer: T) => ListedEvent[]): Promise<Newest> {
  try {
    return { events: listOf(await asking) };
  } catch (error) {
    if (error instanceof ServiceAway || (error instanceof ApiProblem && error.status !== 401))
      return { events: [], reason: error.message };
    throw error;
  }
}
