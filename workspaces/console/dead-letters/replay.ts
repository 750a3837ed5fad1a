import type { Request, RequestHandler, Response } from 'express';
import { type DryRun, dryRun, startedReplay } from '../api/answers.ts';
import type { Api } from '../api/api.ts';
import { formOf } from '../forms/form-body.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from '../session/caller.ts';
import { dryRunBody } from './replay-page.ts';
import { digestOf, orderOf, type ReplayForm, toRequest, withEnd } from './replay-order.ts';

const PATH = '/v1/dead-letters/replay';

/** POST /dead-letters/replay : shows what it would be. Confirmed, it begins, unless that is no longer what was shown. */
export function replayDeadLetters(api: Api): RequestHandler {
  return async (request, response) => {
    const form = withEnd(formOf(request), new Date());
    const caller = callerOf(request);
    const body = { ...toRequest(form), dryRun: true };
    const found = await api.call(caller, { service: 'retry', method: 'POST', path: PATH, body }, dryRun);
    if (form['shown'] !== digestOf(found)) return show(request, response, form, found);
    const { replayId } = await api.call(
      caller,
      { service: 'retry', method: 'POST', path: PATH, body: toRequest(form) },
      startedReplay,
    );
    response.redirect(303, `/replays/${encodeURIComponent(replayId)}`);
  };
}

function show(request: Request, response: Response, form: ReplayForm, found: DryRun): void {
  const hasChanged = Boolean(form['shown']);
  sendPage(request, response, {
    title: 'Replay of dead letters',
    status: hasChanged ? 409 : 200,
    body: dryRunBody({ order: orderOf(form), found, hasChanged }),
  });
}
