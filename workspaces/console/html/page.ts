import { createHash } from 'node:crypto';
import { Html, html } from '@postrider/shared/service/html.ts';
import type { Request, Response } from 'express';
import { keyOf } from '../session/cookie.ts';
import { STYLE } from './style.ts';

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** `no-referrer` would make browsers send `Origin: null` with our own forms: https://fetch.spec.whatwg.org/#append-a-request-origin-header */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

const SECTIONS = [
  ['/', 'Overview'],
  ['/events', 'Events'],
  ['/dead-letters', 'Dead letters'],
  ['/suppressions', 'Suppressions'],
] as const;

export interface Page {
  title: string;
  body: Html;
  status?: number;
  /** The page asks for itself again after so many seconds. */
  refreshSeconds?: number | undefined;
}

/** No script at all, and no style but our own. */
export function sendPage(request: Request, response: Response, page: Page): void {
  response
    .status(page.status ?? 200)
    .set(HEADERS)
    .type('html')
    .send(document(page, request.path, keyOf(request) !== undefined));
}

function document({ title, body, refreshSeconds }: Page, path: string, signedIn: boolean): string {
  return `<!doctype html>
${
  html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Postrider</title><link rel="icon" href="data:,">
${refreshSeconds !== undefined ? html`<meta http-equiv="refresh" content="${refreshSeconds}">` : null}${new Html(`<style>${STYLE}</style>`)}</head>
<body><header><strong>Postrider</strong><nav aria-label="Sections">${SECTIONS.map((section) => sectionLink(section, path))}</nav>
${signedIn ? html`<form method="post" action="/sign-out"><button>Sign out</button></form>` : null}</header>
<main><h1>${title}</h1>
${body}</main></body></html>`.markup
}
`;
}

function sectionLink([href, name]: (typeof SECTIONS)[number], path: string): Html {
  const isCurrent = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
  return html`<a href="${href}"${isCurrent ? new Html(' aria-current="page"') : null}>${name}</a> `;
}
