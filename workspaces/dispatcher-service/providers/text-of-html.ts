import { compile } from 'html-to-text';

// The parser takes time with the square of the depth: 50,000 nested tags cost a second, 5,000 some 30 ms.
const MAX_TAGS = 5_000;

const asWritten = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } }));

const convert = compile({
  wordwrap: false,
  limits: { maxDepth: 100, ellipsis: '' },
  selectors: [
    ...asWritten,
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'img', format: 'skip' },
    { selector: 'title', format: 'skip' },
  ],
});

/** The text of a mail that has only HTML, for readers that show none; undefined where nothing of it is text. */
export function textOfHtml(html: string): string | undefined {
  if (html.split('<', MAX_TAGS + 2).length > MAX_TAGS + 1) return undefined;
  return convert(html).trim() || undefined;
}
