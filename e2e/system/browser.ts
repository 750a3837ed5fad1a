import { DomUtils, parseDocument } from 'htmlparser2';

const { findAll, isTag, textContent } = DomUtils;
type Element = ReturnType<typeof findAll>[number];

/** A page as a browser without scripts has it. */
export class Page {
  readonly status: number;
  readonly url: URL;
  readonly headers: Headers;
  readonly source: string;
  readonly #document: ReturnType<typeof parseDocument>['children'];

  constructor(response: Response, source: string, url: URL) {
    this.status = response.status;
    this.headers = response.headers;
    this.url = url;
    this.source = source;
    this.#document = parseDocument(source).children;
  }

  /** What a person reads, in one line. */
  get text(): string {
    const [body] = this.all('body');
    return textContent(body ?? []).replace(/\s+/g, ' ');
  }

  all(tag: string): Element[] {
    return findAll((element) => element.name === tag, this.#document);
  }

  /** The address of the first link with a text. */
  link(text: string): string {
    const link = this.all('a').find((one) => textContent(one) === text);
    if (!link) throw new Error(`no link ${text} on ${this.url.href}: ${this.text}`);
    return new URL(link.attribs['href'] ?? '', this.url).href;
  }

  /** The text of the first button like that. */
  button(like: RegExp): string {
    return (
      this.all('button')
        .map((button) => textContent(button))
        .find((text) => like.test(text)) ?? String(like)
    );
  }

  /** The form with a button of that text. */
  form(button: string): Element {
    const holds = (form: Element): boolean =>
      findAll(({ name }) => name === 'button', form.children).some((one) => textContent(one) === button);
    const form = this.all('form').find(holds);
    if (!form) throw new Error(`no button ${button} on ${this.url.href}: ${this.text}`);
    return form;
  }
}

/** Cookies, redirects and forms, as a browser treats those of one site. */
export class Browser {
  readonly #site: URL;
  readonly cookies = new Map<string, string>();
  /** The last one, as it came. */
  setCookie: string | undefined;

  constructor(site: string) {
    this.#site = new URL(site);
  }

  open(path: string): Promise<Page> {
    return this.#load(new URL(path, this.#site), { method: 'GET' });
  }

  /** Presses a button after its form is filled in. `headers` over those that a browser would send. */
  press(page: Page, button: string, filledIn: Record<string, string> = {}, headers: Record<string, string> = {}) {
    const form = page.form(button);
    const fields = new URLSearchParams({ ...fieldsOf(form), ...filledIn });
    const url = new URL(form.attribs['action'] ?? '', page.url);
    if (form.attribs['method'] !== 'post') return this.open(`${url.pathname}?${fields.toString()}`);
    return this.#load(url, { method: 'POST', body: fields, headers: { origin: this.#site.origin, ...headers } });
  }

  async #load(url: URL, init: RequestInit): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const location = response.headers.get('location');
    if (response.status === 303 && location) return this.#load(new URL(location, url), { method: 'GET' });
    return new Page(response, await response.text(), url);
  }

  #keep(line: string): void {
    this.setCookie = line;
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function fieldsOf(form: Element): Record<string, string> {
  const fields = findAll(({ name }) => name === 'input' || name === 'select', form.children);
  return Object.fromEntries(fields.map((field) => [field.attribs['name'] ?? '', valueOf(field)]));
}

function valueOf(field: Element): string {
  if (field.name === 'input') return field.attribs['value'] ?? '';
  const options = field.children.filter(isTag);
  const chosen = options.find((option) => 'selected' in option.attribs) ?? options[0];
  return chosen?.attribs['value'] ?? (chosen ? textContent(chosen) : '');
}
