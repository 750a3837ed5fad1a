import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { attemptsOf } from '@postrider/shared/events/store/attempts.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findTask, findTasks, type TaskDocument } from '@postrider/shared/events/store/tasks.ts';
import { answerErrors } from '@postrider/shared/service/http-server.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import express, { type Express, type RequestHandler, type Response } from 'express';
import { acceptPassword, askForPassword } from './password.ts';
import { PAGE_POLICY, taskPage, tasksPage } from './pages.ts';
import { type TasksQuery, tasksQuery } from './query.ts';
import { statusesOf, TASK_NAMES, toTask, toTaskAttempt } from './task.ts';

export interface TaskMonitorParts {
  database: Database;
  logger: Logger;
  /** Who may send e-mails may look at them. */
  mayLook: RequestHandler;
}

/**
 * What became of the e-mails and text messages of the former service's endpoints, for those who looked at Flower:
 * pages, and the part of its API that scripts read. It changes nothing.
 */
export function createTaskMonitor({ database, logger, mayLook }: TaskMonitorParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.get('/healthcheck', (_request, response) => {
    response.type('text').send('OK');
  });
  app.use(acceptPassword, mayLook, askForPassword);
  app.use((_request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
    next();
  });

  app.get('/', (_request, response) => response.redirect('/tasks'));
  app.get('/tasks', showTasks(database));
  app.get('/task/:id', showTask(database));
  app.get('/api/tasks', listTasks(database));
  app.get('/api/task/info/:id', tellTask(database));
  app.get('/api/task/result/:id', tellResult(database));
  app.get('/api/task/types', (_request, response) => {
    response.json({ 'task-types': TASK_NAMES });
  });
  answerErrors(app, logger);
  return app;
}

function showTasks(database: Database): RequestHandler {
  return async (request, response) => {
    const query = parseOrThrow(tasksQuery, request.query);
    const { limit, offset, state } = query;
    const found = await list(database, { ...query, limit: limit + 1 });
    const next = found.length > limit ? offset + limit : undefined;
    sendPage(response, tasksPage({ tasks: found.slice(0, limit).map(toTask), state, offset, next }));
  };
}

function showTask(database: Database): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    const [task, attempts] = await Promise.all([requireTask(database, id), attemptsOf(database, id)]);
    sendPage(response, taskPage(toTask(task), attempts.map(toTaskAttempt)));
  };
}

function listTasks(database: Database): RequestHandler {
  return async (request, response) => {
    const found = await list(database, parseOrThrow(tasksQuery, request.query));
    response.json(Object.fromEntries(found.map((event) => [event._id, toTask(event)])));
  };
}

function tellTask(database: Database): RequestHandler<{ id: string }> {
  return async (request, response) => {
    response.json(toTask(await requireTask(database, request.params.id)));
  };
}

function tellResult(database: Database): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { uuid, state, exception } = toTask(await requireTask(database, request.params.id));
    response.json({ 'task-id': uuid, state, result: exception });
  };
}

function list(database: Database, query: TasksQuery): Promise<TaskDocument[]> {
  const { taskname, state, received_start: after, received_end: before, limit, offset } = query;
  const type = taskname && `task.${taskname}`;
  return findTasks(database, { type, statuses: state && statusesOf(state), after, before }, limit, offset);
}

async function requireTask(database: Database, id: string): Promise<TaskDocument> {
  const task = await findTask(database, id);
  if (!task) throw new AppError('not_found', `Unknown task '${id.slice(0, 64)}'`);
  return task;
}

function sendPage(response: Response, page: string): void {
  response.set('Content-Security-Policy', PAGE_POLICY).type('html').send(page);
}
