import { z } from 'zod';
import type { Operations } from './openapi.ts';

const tag = 'Operation';

/** The endpoints that every service has. */
export const operationDocs: Operations = {
  'GET /health': {
    tag,
    summary: 'Whether the process is alive; 200 whatever its dependencies do',
    answers: {
      200: {
        description: 'Alive',
        schema: z.looseObject({ status: z.string(), service: z.string() }),
        example: { status: 'ok', service: 'ingestion-service' },
      },
    },
    errors: [],
  },
  'GET /ready': {
    tag,
    summary: 'Whether the service can do its work now',
    answers: {
      200: {
        description: 'Ready',
        schema: z.looseObject({ status: z.literal('ready'), service: z.string() }),
        example: { status: 'ready', service: 'ingestion-service' },
      },
      503: {
        description: 'Not ready',
        schema: z.looseObject({ status: z.literal('not ready'), service: z.string(), reason: z.string() }),
        example: { status: 'not ready', service: 'ingestion-service', reason: 'MongoDB does not answer' },
      },
    },
    errors: [],
  },
  'GET /metrics': {
    tag,
    summary: 'Metrics of Prometheus',
    answers: { 200: { description: 'The metrics', schema: z.string(), type: 'text/plain' } },
    errors: [],
  },
  'GET /openapi.json': {
    tag,
    summary: 'This document; /api-docs and /docs show it as a page',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
    errors: [],
  },
};
