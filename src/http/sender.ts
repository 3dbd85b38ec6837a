import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from 'express';

/**
 * The sender of a call, as far as its headers tell: a page of this server, a page of another origin,
 * a browser that does not say for whom it calls, or a program.
 */
export type Sender = 'own_page' | 'foreign_page' | 'browser' | 'program';

/** Browsers, and the media players to which some of them hand addresses. */
const BROWSER_NAMES = /^(Mozilla|Opera)\/|AppleCoreMedia|stagefright/i;
/** Programs that call themselves Mozilla all the same. */
const PROGRAM_NAMES = /PowerShell\//i;
/** Headers that browsers add by themselves. */
const BROWSER_HEADERS = [
  'upgrade-insecure-requests',
  'purpose',
  'x-purpose',
  'x-moz',
  'ping-to',
  'x-playback-session-id',
] as const;

/**
 * Tells who makes a call. `ownOrigins` are whole origins (`https://host:port`). Fetch Metadata
 * counts most, because only the browser writes it; it is missing over plain HTTP. Then comes
 * Origin, which is missing in most GETs, and then everything that no page can leave out.
 */
export function senderOf(headers: IncomingHttpHeaders, ownOrigins: readonly string[]): Sender {
  const site = textOf(headers['sec-fetch-site']).toLowerCase();
  if (site === 'same-origin') return 'own_page';
  // Somebody typed the address, or used a bookmark.
  if (site === 'none') return 'browser';
  if (site !== '') return 'foreign_page';
  const { origin } = headers;
  if (origin !== undefined) return isForeign(origin, ownOrigins) ? 'foreign_page' : 'own_page';
  return looksLikeBrowser(headers, ownOrigins) ? 'browser' : 'program';
}

/**
 * Has the call anything that only browsers send? A page can set none of this in a call that needs
 * no preflight, except Accept-Language, and it cannot make a browser leave out its name.
 */
function looksLikeBrowser(headers: IncomingHttpHeaders, ownOrigins: readonly string[]): boolean {
  const name = textOf(headers['user-agent']);
  return (
    (BROWSER_NAMES.test(name) && !PROGRAM_NAMES.test(name)) ||
    isOfPerson(headers['accept-language']) ||
    // Go names the address that redirected it, so one of our own tells nothing.
    (headers.referer !== undefined && isForeign(headers.referer, ownOrigins)) ||
    BROWSER_HEADERS.some((header) => headers[header] !== undefined) ||
    Object.entries(headers).some(isOfBrowsers)
  );
}

/** The languages of a person; `fetch` in Node sends `*`. */
function isOfPerson(languages: string | undefined): boolean {
  return languages !== undefined && languages.trim() !== '*';
}

/** Only browsers send `Sec-…`; but `fetch` in Node sends a mode. */
function isOfBrowsers([name, value]: [string, unknown]): boolean {
  return name.startsWith('sec-') && !(name === 'sec-fetch-mode' && value === 'cors');
}

/** Is it an address elsewhere? A sandboxed page sends `null`. */
function isForeign(url: string, ownOrigins: readonly string[]): boolean {
  return !URL.canParse(url) || !ownOrigins.includes(new URL(url).origin);
}

function textOf(header: string | string[] | undefined): string {
  return String(header ?? '').trim();
}

/** The origins of this server: as the call names it, and as PUBLIC_URL does. */
export function ownOriginsOf(request: Request, publicUrl: string | undefined): string[] {
  const { protocol, host } = request;
  return [`${protocol}://${host}`, publicUrl ?? '']
    .filter((url) => URL.canParse(url))
    .map((url) => new URL(url).origin);
}
