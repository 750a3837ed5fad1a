import type { Express } from 'express';
import type { Operations } from './openapi.ts';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** The routes of an app, as documents name them: `GET /v1/events/:id`. */
export function routesOf(app: Express): string[] {
  const { stack } = app.router as unknown as { stack: Layer[] };
  return stack
    .flatMap(({ route }) =>
      route
        ? Object.keys(route.methods)
            .filter((method) => method !== '_all')
            .map((method) => `${method.toUpperCase()} ${route.path}`)
        : [],
    )
    .toSorted();
}

/** Examples that their own schemas refuse, and why. */
export function faultyExamples(operations: Operations): string[] {
  return Object.entries(operations).flatMap(([name, { body, answers }]) => {
    const requests = Object.entries(body?.examples ?? {}).map(([title, example]) => ({
      at: `${name}, request ${title}`,
      error: body?.schema.safeParse(example).error,
    }));
    const responses = Object.entries(answers).map(([status, { schema, example }]) => ({
      at: `${name}, ${status}`,
      error: example === undefined ? undefined : schema?.safeParse(example).error,
    }));
    return [...requests, ...responses].flatMap(({ at, error }) => (error ? [`${at}: ${error.message}`] : []));
  });
}

/** Schemas of a document that say nothing at all, by their places; `{}` is right only for what is free. */
export function emptySchemas(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const place = `${at}.${key}`;
    const empty = /\.(?:properties\.\w+|schema)$/.test(place) && Object.keys(child as object).length === 0;
    return empty ? [place] : emptySchemas(child, place);
  });
}
