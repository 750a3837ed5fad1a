import { Html, html } from '@postrider/shared/service/html.ts';
import { createHash } from 'node:crypto';
import { STATES, type Task, type TaskAttempt } from './task.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 92rem; padding: 0 1rem; }
h1 { font-size: 1.25rem; }
h2 { font-size: 1rem; }
h1 a { color: inherit; text-decoration: none; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-bottom: 1rem; }
a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8885; padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; white-space: nowrap; }
td.uuid { font-family: ui-monospace, monospace; font-size: .85em; }
`;

/** No script at all, and no style but our own. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const REFRESH = new Html('<meta http-equiv="refresh" content="5">');

function page(title: string, body: Html, refresh: boolean): string {
  return `<!doctype html>
${
  html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><link rel="icon" href="data:,">${refresh ? REFRESH : null}${new Html(`<style>${STYLE}</style>`)}</head>
<body><h1><a href="/tasks">Tasks</a></h1>
${body}</body></html>`.markup
}
`;
}

export interface ListedTasks {
  tasks: Task[];
  state: string | undefined;
  /** Of the first task, and of the next page where there is one. */
  offset: number;
  next: number | undefined;
}

/** The newest tasks, fetched anew every 5 s on the first page. */
export function tasksPage({ tasks, state, offset, next }: ListedTasks): string {
  const link = (name: string | undefined) =>
    html`<a href="/tasks${name ? `?state=${name}` : ''}"${name === state ? new Html(' aria-current="page"') : null}>${name ?? 'ALL'}</a> `;
  const older = `/tasks?offset=${next}${state ? `&state=${state}` : ''}`;
  const body = html`<nav>${[undefined, ...STATES].map(link)}</nav>
<div><table><thead><tr><th>Name<th>UUID<th>State<th>For<th>Received<th>Started<th>Runtime<th>Retries<th>Provider</tr></thead>
<tbody>${tasks.map(row)}</tbody></table></div>
${tasks.length === 0 ? html`<p>There are none.</p>` : null}
${next === undefined ? null : html`<p><a href="${older}">Older</a></p>`}`;
  return page('Tasks', body, offset === 0);
}

const row = (
  task: Task,
): Html => html`<tr><td>${task.name}<td class="uuid"><a href="/task/${task.uuid}">${task.uuid}</a>
<td>${task.state}<td>${task.args}<td>${time(task.received)}<td>${time(task.started)}<td>${seconds(task.runtime)}<td>${task.retries}<td>${task.provider}</tr>
`;

/** One task, and each time that a provider was asked. */
export function taskPage({ kwargs, result, traceback, ...task }: Task, attempts: TaskAttempt[]): string {
  const times = new Set(['received', 'started', 'succeeded', 'failed', 'retried', 'revoked', 'timestamp']);
  const shown = (name: string, value: string | number | null) =>
    times.has(name) ? time(value) : name === 'runtime' ? seconds(value) : value;
  const body = html`<div><table><tbody>${Object.entries(task).map(
    ([name, value]) => html`<tr><th>${name}<td>${shown(name, value) ?? '–'}</tr>
`,
  )}</tbody></table></div>
<h2>Attempts</h2>
<div><table><thead><tr><th>#<th>Provider<th>Started<th>Duration<th>Outcome<th>Error<th>Code</tr></thead>
<tbody>${attempts.map(
    (
      one,
    ) => html`<tr><td>${one.number}<td>${one.provider}<td>${time(one.started)}<td>${seconds(one.duration)}<td>${one.outcome}<td>${one.error}<td>${one.code}</tr>
`,
  )}</tbody></table></div>`;
  return page(`Task ${task.uuid}`, body, false);
}

const time = (value: string | number | null): string | null =>
  typeof value === 'number' ? new Date(value * 1_000).toISOString().replace('T', ' ') : null;
const seconds = (value: string | number | null): string | null =>
  typeof value === 'number' ? `${value.toFixed(3)} s` : null;
