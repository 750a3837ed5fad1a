import { readFileSync } from 'node:fs';
import { messageOf } from '@postrider/shared/errors/app-error.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import { loadTemplates } from '../templates/templates.ts';
import type { RoutingParts } from './expand.ts';
import { parseRoutes } from './routes.ts';

/** Reads and checks routes and templates. @throws ConfigError naming every fault of the templates, or of the routes, with its place. */
export function readRouting({
  ROUTES_FILE,
  TEMPLATES_DIR,
}: {
  ROUTES_FILE: string;
  TEMPLATES_DIR: string;
}): RoutingParts {
  const templates = loadTemplates(TEMPLATES_DIR);
  return { templates, routes: parseRoutes(readRoutes(ROUTES_FILE), ROUTES_FILE, templates) };
}

function readRoutes(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`faulty settings:\n  ROUTES_FILE: ${messageOf(error)}`);
  }
}
