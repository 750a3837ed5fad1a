import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadTemplates, type Templates } from '../templates/templates.ts';
import type { RoutingParts } from './expand.ts';
import { readRouting } from './read-routing.ts';
import { parseRoutes } from './routes.ts';

/** What loading a folder of these files gives; the folder is gone afterwards, so nothing can be read later. */
export function templatesOf(files: Record<string, string>): Templates {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return loadTemplates(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function routingOf(routes: object, files: Record<string, string> = {}): RoutingParts {
  const templates = templatesOf(files);
  return { templates, routes: parseRoutes(JSON.stringify({ routes }), 'routes.yaml', templates) };
}

const services = join(import.meta.dirname, '..');

/** Those that Postrider comes with. */
export const shippedRouting = (): RoutingParts =>
  readRouting({
    ROUTES_FILE: join(services, 'routing/default-routes.yaml'),
    TEMPLATES_DIR: join(services, 'templates/default'),
  });
