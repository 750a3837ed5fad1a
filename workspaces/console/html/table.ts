import { type Html, html } from '@postrider/shared/service/html.ts';

export interface Column<Row> {
  name: string;
  cell(row: Row): Html | string | number | null | undefined;
}

/** A table of rows with a name for those who do not see it; on a phone each row is a block with the columns' names beside its values. */
export function rowsTable<Row>(name: string, columns: Column<Row>[], rows: Row[]): Html {
  if (rows.length === 0) return html`<p class="soft">There are none.</p>`;
  // No blank inside an empty cell: a phone leaves it out.
  return html`<table class="rows" aria-label="${name}"><thead><tr>${columns.map((column) => html`<th scope="col">${column.name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${columns.map(({ name, cell }) => html`<td data-label="${name}">${inOne(cell(row))}</td>`)}</tr>
`,
  )}</tbody></table>`;
}

/** One child of the cell: each child of a grid is a place of its own. */
const inOne = (value: Html | string | number | null | undefined): Html | null =>
  value === null || value === undefined || value === '' ? null : html`<span>${value}</span>`;

/** Names and values; those without a value are left out. */
export function definitions(entries: [string, Html | string | number | null | undefined][]): Html {
  const given = entries.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return html`<dl>${given.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>`;
}
