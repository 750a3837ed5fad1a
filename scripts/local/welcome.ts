import { logsFolder } from './project.ts';
import { addresses } from './services.ts';

export const welcome = (seconds: number, stopWith: string): string => `
Postrider is up after ${seconds.toFixed(0)} s.

  console           ${addresses.console}
  events            ${addresses.ingestion}/v1/events
  dead letters      ${addresses.retryService}/v1/dead-letters
  what arrived      ${addresses.sandbox}  (no mail, message or webhook leaves this machine)
  logs              ${logsFolder}

Try it:

  curl -s ${addresses.ingestion}/v1/events -H 'content-type: application/json' \\
    -d '{"channel":"email","payload":{"to":"you@example.com","subject":"Hello","text":"It works"}}'
  curl -s ${addresses.ingestion}/v1/events

${stopWith}`;
