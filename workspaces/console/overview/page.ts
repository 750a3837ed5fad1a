import { type Html, html } from '@postrider/shared/service/html.ts';
import type { ListedEvent } from '../api/answers.ts';
import type { Readiness } from '../api/api.ts';
import { explanation } from '../html/error-page.ts';
import { deadLettersTable, eventsTable } from '../html/event-tables.ts';

export interface Newest {
  events: ListedEvent[];
  /** Why they could not be asked for. */
  reason?: string;
}

export function overviewBody(services: Readiness[], events: Newest, deadLetters: Newest): Html {
  return html`<ul>${services.map(serviceLine)}</ul>
<h2>Newest events</h2>
${events.reason ? explanation({ message: events.reason }) : eventsTable(events.events)}
<h2>Newest dead letters</h2>
${deadLetters.reason ? explanation({ message: deadLetters.reason }) : deadLettersTable(deadLetters.events)}`;
}

const serviceLine = ({ name, reason }: Readiness): Html =>
  html`<li>${name}: ${
    reason === undefined
      ? html`<span class="good">ready</span>`
      : html`<strong class="bad">not ready</strong>, ${reason}`
  }</li>`;
