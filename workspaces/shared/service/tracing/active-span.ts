import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from './tracing.ts';

/**
 * The span of the provider call under way. Only this call is found without being handed on: what tells its details lies below the clients of
 * providers, some of them not ours. Costs nothing until it is run with a span.
 */
export const activeSpan = new AsyncLocalStorage<Span>();
