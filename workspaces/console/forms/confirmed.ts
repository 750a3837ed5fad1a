import { type Html, html } from '@postrider/shared/service/html.ts';

interface Confirmed {
  /** What the first button is called. */
  name: string;
  /** What is told before the second one. */
  warning: string;
  /** What the second one is called. */
  action: string;
  path: string;
}

/** A button that acts only after a second one, without a script. */
export const confirmed = ({ name, warning, action, path }: Confirmed): Html =>
  html`<details class="confirm"><summary>${name}</summary><form method="post" action="${path}"><p>${warning}</p>
<button class="danger">${action}</button></form></details>`;
