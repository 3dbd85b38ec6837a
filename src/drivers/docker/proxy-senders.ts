import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Headers that Docker's clients never send, and browsers do by themselves. */
const OF_BROWSERS = ['origin', 'referer', 'accept-language'] as const;

/**
 * The reason to refuse a call because of its sender, whatever it asks for: it comes from a web page,
 * or goes to a name that is not ours, like that of a page whose name was made to lead here. Null if
 * there is none. `hosts`: the names of this proxy in small letters, besides any address; null on a socket
 * of the file system, which no browser can reach.
 */
export function senderFault(
  headers: IncomingHttpHeaders,
  hosts: ReadonlySet<string> | null,
): string | null {
  const isBrowser =
    /^Mozilla\//.test(headers['user-agent'] ?? '') ||
    OF_BROWSERS.some((name) => headers[name] !== undefined) ||
    Object.keys(headers).some((name) => name.startsWith('sec-'));
  if (isBrowser) return 'from a web page';
  if (hosts === null) return null;
  const host = hostIn(headers.host ?? '');
  return isIP(host) || hosts.has(host) ? null : 'for another host name; --host adds names';
}

/** The name in a Host header, comparable. */
function hostIn(header: string): string {
  return header
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

/** A page can send any body, but none that calls itself JSON, unless the server agrees first. */
export function isJson(headers: IncomingHttpHeaders): boolean {
  return /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
}
