import { buildOpenApi, type Operations } from '@postrider/shared/service/openapi.ts';
import { operationDocs } from '@postrider/shared/service/operation-docs.ts';
import { callbackDocs } from './callbacks.ts';
import { eventDocs } from './events.ts';
import { FORMER_SECURITY, predecessorDocs } from './predecessors.ts';
import { recipientDocs } from './recipients.ts';
import { suppressionDocs } from './suppressions.ts';

/** Every endpoint of this service. */
export const ingestionDocs: Operations = {
  ...eventDocs,
  ...suppressionDocs,
  ...recipientDocs,
  ...callbackDocs,
  ...predecessorDocs,
  ...operationDocs,
};

export const buildDocument = () =>
  buildOpenApi(
    {
      title: 'Postrider: ingestion',
      description: 'Takes events in, answers what became of them, cancels and moves them.',
    },
    ingestionDocs,
    FORMER_SECURITY,
  );
