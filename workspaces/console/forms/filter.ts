import { Html, html } from '@postrider/shared/service/html.ts';

/** A parameter of a list: one of some values, a time (UTC), or a text. */
export interface FilterField {
  name: string;
  label: string;
  values?: readonly string[];
  isTime?: boolean;
}

/** What was chosen, by name of the field, as the browser sent it. */
export type Filter = Record<string, string>;

/** What of a query or a form is a filter; fields left empty are not. */
export function filterOf(fields: FilterField[], given: Record<string, unknown>): Filter {
  const entries = fields.map(({ name }) => [name, given[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string' && entry[1] !== ''),
  );
}

/** The same for the services: browsers send times without a zone. */
export function toApi(fields: FilterField[], filter: Filter): Filter {
  const times = new Set(fields.filter(({ isTime }) => isTime).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(filter).map(([name, text]) => [name, times.has(name) ? withZone(text) : text]),
  );
}

function withZone(text: string): string {
  const moment = new Date(`${text}Z`);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString();
}

export function filterForm(path: string, fields: FilterField[], filter: Filter): Html {
  return html`<form class="fields" method="get" action="${path}">${fields.map((field) => input(field, filter[field.name]))}<button>Filter</button>
${Object.keys(filter).length > 0 ? html`<a href="${path}">Clear</a>` : null}</form>`;
}

function input({ name, label, values, isTime }: FilterField, given: string | undefined): Html {
  if (!values) {
    const type = isTime ? 'datetime-local' : 'text';
    return html`<label>${label}<input type="${type}" name="${name}" value="${given}"></label>`;
  }
  const option = (value: string): Html =>
    html`<option${value === given ? new Html(' selected') : null}>${value}</option>`;
  return html`<label>${label}<select name="${name}"><option value="">all</option>${values.map(option)}</select></label>`;
}

/** A filter carried through a form unchanged. */
export const hiddenFields = (fields: Record<string, string | undefined>): Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);

/** Links to the first and the next page of a list. */
export function pageLinks(path: string, filter: Filter, cursor: unknown, nextCursor: string | undefined): Html {
  const link = (more: Filter, name: string): Html => {
    const query = new URLSearchParams({ ...filter, ...more }).toString();
    return html`<a href="${query ? `${path}?${query}` : path}">${name}</a>`;
  };
  return html`<p class="row">${cursor ? link({}, 'Newest') : null}${nextCursor ? link({ cursor: nextCursor }, 'Older') : null}</p>`;
}
