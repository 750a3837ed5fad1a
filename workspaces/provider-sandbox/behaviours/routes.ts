import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { Router } from 'express';
import { ruleInput } from './behaviour.ts';
import type { RuleBook } from './rule-book.ts';

export function behaviourRoutes(rules: RuleBook): Router {
  const router = Router();
  router.put('/behaviour', jsonBody(16_384), (request, response) => {
    response.json(rules.put(parseOrThrow(ruleInput, request.body)));
  });
  router.get('/behaviour', (_request, response) => {
    response.json({ rules: rules.list() });
  });
  router.delete('/behaviour', (_request, response) => {
    rules.clear();
    response.status(204).end();
  });
  router.delete('/behaviour/:id', (request, response) => {
    if (!rules.remove(Number(request.params.id))) throw new AppError('not_found', 'there is no such rule');
    response.status(204).end();
  });
  return router;
}
