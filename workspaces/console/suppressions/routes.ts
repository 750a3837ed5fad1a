import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { Express, RequestHandler } from 'express';
import { anything, suppressionPage } from '../api/answers.ts';
import type { Api } from '../api/api.ts';
import { filterOf } from '../forms/filter.ts';
import { formOf, readForm } from '../forms/form-body.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from '../session/caller.ts';
import { FIELDS, suppressionsBody } from './page.ts';

const PATH = '/v1/suppressions';

export function addSuppressionRoutes(app: Express, api: Api): void {
  app.get('/suppressions', listSuppressions(api));
  app.post('/suppressions', readForm, findSuppression(api));
  app.post('/suppressions/:id/remove', removeSuppression(api));
}

function listSuppressions(api: Api): RequestHandler {
  return async (request, response) => {
    const filter = filterOf(FIELDS, request.query);
    const cursor = request.query['cursor'] as string | undefined;
    const query = { ...filter, cursor };
    const page = await api.call(callerOf(request), { service: 'ingestion', path: PATH, query }, suppressionPage);
    sendPage(request, response, { title: 'Suppressions', body: suppressionsBody({ ...page, filter, cursor }) });
  };
}

/** A person's address belongs in no browser's history and in no log of a proxy: it is posted. */
function findSuppression(api: Api): RequestHandler {
  return async (request, response) => {
    const { channel, recipient } = formOf(request);
    if (!recipient) throw new AppError('validation_failed', 'Say whom to look for.');
    const query = { channel, recipient };
    const page = await api.call(callerOf(request), { service: 'ingestion', path: PATH, query }, suppressionPage);
    sendPage(request, response, { title: 'Suppressions', body: suppressionsBody({ ...page, filter: {}, recipient }) });
  };
}

function removeSuppression(api: Api): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const path = `${PATH}/${encodeURIComponent(request.params.id)}`;
    await api.call(callerOf(request), { service: 'ingestion', method: 'DELETE', path }, anything);
    response.redirect(303, '/suppressions');
  };
}
