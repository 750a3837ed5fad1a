import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { ReceivedStore } from '../received/received-store.ts';
import { REPORTS } from './call.ts';
import type { Reporter } from './reporter.ts';

const MAX_BODY_BYTES = 16_384;
const MAX_ARRIVALS = 100;

const ruleInput = z.strictObject({
  match: z.string().min(1).max(500).optional(),
  report: z.enum([...REPORTS, 'none']),
});
const reportInput = z.strictObject({ id: z.string().min(1), report: z.enum(REPORTS) });

/** `PUT /reports` what is to be reported by itself, `POST /reports` one report now, `DELETE /reports` the rules. */
export function reportRoutes(reporter: Reporter, received: ReceivedStore): Router {
  const router = Router();
  router.put('/reports', jsonBody(MAX_BODY_BYTES), (request, response) => {
    reporter.addRule(parseOrThrow(ruleInput, request.body));
    response.status(204).end();
  });
  router.delete('/reports', (_request, response) => {
    reporter.clearRules();
    response.status(204).end();
  });
  router.post('/reports', jsonBody(MAX_BODY_BYTES), (request, response, next) => {
    const { id, report } = parseOrThrow(reportInput, request.body);
    const { items } = received.find({ id }, MAX_ARRIVALS);
    Promise.all(items.map((arrival) => reporter.report(arrival, report))).then(
      (answers) => response.json({ answers: answers.map((answer) => answer ?? null) }),
      next,
    );
  });
  return router;
}
