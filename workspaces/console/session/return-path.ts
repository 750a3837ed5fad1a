const HERE = 'http://console';

/** The page of this console to go on to, from what the query or a form says; anything else is `/`. */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !URL.canParse(wanted, HERE)) return '/';
  const { origin, pathname, search } = new URL(wanted, HERE);
  // Two slashes would name another host.
  return origin === HERE && !pathname.startsWith('//') ? pathname + search : '/';
}
