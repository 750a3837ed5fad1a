import { createHash } from 'node:crypto';
import { Html, html } from '@postrider/shared/service/html.ts';
import { REFRESH, STYLE } from './style.ts';

const hashOf = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;

/** Only our own style and script run; mails are framed from this very origin. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(REFRESH)}`,
  "connect-src 'self'",
  // The empty icon that spares a request for /favicon.ico.
  'img-src data:',
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For a mail's own HTML: it may look as it likes, but runs nothing, sends nothing and has no origin. */
export const MAIL_POLICY = [
  'sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data: http: https:',
  'font-src data: http: https:',
].join('; ');

export function page(title: string, header: Html, main: Html, { refresh = false } = {}): string {
  return `<!doctype html>${
    html`<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
${new Html(`<style>${STYLE}</style>`)}</head>
<body><header>${header}</header><main>${main}</main>${refresh ? new Html(`<script>${REFRESH}</script>`) : null}</body></html>`
      .markup
  }`;
}
