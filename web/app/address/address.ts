import { signal } from '@preact/signals';

/** The part of the address behind the `#`. It never leaves the browser, and works at any path. */
export interface Address {
  /** Such as `/pools/lab`. */
  path: string;
  query: URLSearchParams;
}

export const address = signal<Address>(read());
addEventListener('hashchange', () => {
  address.value = read();
});

function read(): Address {
  return addressIn(location.hash.slice(1));
}

/** The address in the part behind the `#`. Only the first `?` begins the query: values may hold more. */
export function addressIn(text: string): Address {
  const at = text.indexOf('?');
  const [path, query] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
}

export type Query = Readonly<Record<string, string | undefined>>;

/** The link to a page; values that are undefined or empty are left out of the query. */
export function hrefOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const search = new URLSearchParams(given).toString();
  return `#${path}${search === '' ? '' : `?${search}`}`;
}

/** A path of these segments, of which each may hold any characters. */
export function pathOf(...segments: string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

/** Goes to a page; with `replace`, the way back leads past the present one. */
export function go(href: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', href);
    address.value = read();
  } else location.hash = href;
}

/** Sets filters of the present page in the address, so that the view can be sent as a link. */
export function setQuery(changes: Query): void {
  const { path, query } = address.value;
  go(hrefOf(path, { ...Object.fromEntries(query), ...changes }), { replace: true });
}

/** The value of a filter in the address; empty if it is not set. */
export function filterOf(name: string): string {
  return address.value.query.get(name) ?? '';
}
