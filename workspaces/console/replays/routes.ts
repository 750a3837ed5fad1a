import type { Express, Request, RequestHandler } from 'express';
import { replay } from '../api/answers.ts';
import type { Api } from '../api/api.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from '../session/caller.ts';
import { replayBody } from './page.ts';

type OfReplay = RequestHandler<{ id: string }>;

const REFRESH_SECONDS = 2;

export function addReplayRoutes(app: Express, api: Api): void {
  app.get('/replays/:id', showReplay(api));
  app.post('/replays/:id/stop', stopReplay(api));
}

function showReplay(api: Api): OfReplay {
  return async (request, response) => {
    const found = await api.call(callerOf(request), { service: 'retry', path: pathOf(request) }, replay);
    sendPage(request, response, {
      title: `Replay ${found.replayId}`,
      body: replayBody(found),
      refreshSeconds: found.status === 'RUNNING' ? REFRESH_SECONDS : undefined,
    });
  };
}

function stopReplay(api: Api): OfReplay {
  return async (request, response) => {
    const path = pathOf(request);
    await api.call(callerOf(request), { service: 'retry', method: 'DELETE', path }, replay);
    response.redirect(303, `/replays/${encodeURIComponent(request.params.id)}`);
  };
}

const pathOf = ({ params }: Request<{ id: string }>): string => `/v1/replays/${encodeURIComponent(params.id)}`;
