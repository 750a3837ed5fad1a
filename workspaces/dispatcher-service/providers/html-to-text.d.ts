// The library has no types of its own; this is what of it is used.
declare module 'html-to-text' {
  export function compile(options: object): (html: string) => string;
}
