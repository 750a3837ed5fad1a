import { type Html, html } from '@postrider/shared/service/html.ts';

/** A time as services tell it; shown in UTC, as logs and the API have it. */
export function time(at: string | undefined): Html | null {
  if (at === undefined) return null;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return html`${at}`;
  const iso = moment.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

const CLASSES: Record<string, string> = {
  COMPLETED: 'good',
  SENT: 'good',
  DEAD_LETTERED: 'bad',
  FAILED: 'bad',
  STOPPED: 'bad',
  SCHEDULED: 'wait',
  QUEUED: 'wait',
  PROCESSING: 'wait',
  RETRYING: 'wait',
  RUNNING: 'wait',
};

/** The word says it; the colour only helps to find it. */
export const status = (name: string): Html => html`<span class="status ${CLASSES[name] ?? ''}">${name}</span>`;

/** Why an event was given up; the class of error often says the same. */
export const whyGivenUp = ({ reason, errorClass }: { reason: string; errorClass?: string | undefined }): string =>
  errorClass === undefined || errorClass === reason ? reason : `${reason}: ${errorClass}`;

/** The link to an event's page. All of a UUIDv7 is told: the first half of those made at the same time is the same. */
export const eventLink = (id: string): Html => html`<a class="id" href="/events/${encodeURIComponent(id)}">${id}</a>`;
