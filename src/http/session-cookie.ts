import { stringifySetCookie } from 'cookie';
import type { Request } from 'express';
import { isJson } from './body';
import { cookieOf } from './parse';
import { changes, type Route } from './route';
import { ownOriginsOf, senderOf } from './sender';

/** Browsers take a name that begins so from https alone, for this host alone, and for every path. */
const SECURE_NAME = '__Host-holdfast_session';
const NAME = 'holdfast_session';
const SETTING = 'address for browsers';

/** Makes PUBLIC_URL known to the requests of an app. */
export function notePublicUrl(
  app: { set(name: string, value: unknown): unknown },
  publicUrl: string | undefined,
): void {
  app.set(SETTING, publicUrl);
}

/**
 * The cookie that gives the browser of this call the secret of a session for so many seconds; null
 * and 0 take it away. Other sites cannot have it sent, and no script reads it.
 */
export function sessionCookie(request: Request, secret: string | null, seconds: number): string {
  return stringifySetCookie({
    name: nameFor(request),
    value: secret ?? '',
    path: '/',
    maxAge: seconds,
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
  });
}

/** The secret of a session in the cookie of a call; null without one. */
export function shownSession(request: Request): string | null {
  return cookieOf(request, nameFor(request)) || null;
}

/**
 * The same where the cookie counts: nothing is in Authorization, and the call shows that a page of
 * this server makes it (decision 035).
 */
export function sessionSecretOf(
  request: Request,
  route: Pick<Route, 'method' | 'changes'>,
): string | null {
  if (request.headers.authorization !== undefined) return null;
  const secret = shownSession(request);
  return secret !== null && isOfOwnPage(request, route) ? secret : null;
}

/**
 * Browsers say over https which page calls, or name the origin; over plain HTTP they say neither in a
 * GET. Only a page of this origin can add X-Requested-With, and a body of JSON, without asking first.
 */
function isOfOwnPage(request: Request, route: Pick<Route, 'method' | 'changes'>): boolean {
  const hasMark = request.headers['x-requested-with'] !== undefined;
  const sender = senderOf(request.headers, ownOriginsOf(request, publicUrlOf(request)));
  if (sender === 'own_page') return !changes(route) || hasMark || isJson(request);
  const says = request.headers['sec-fetch-site'] ?? request.headers.origin;
  return says === undefined && hasMark;
}

function nameFor(request: Request): string {
  return isSecure(request) ? SECURE_NAME : NAME;
}

/** Do browsers reach this server by https, as PUBLIC_URL or a trusted proxy says? */
export function isSecure(request: Request): boolean {
  return request.secure || publicUrlOf(request)?.startsWith('https:') === true;
}

function publicUrlOf(request: Request): string | undefined {
  return request.app.get(SETTING) as string | undefined;
}
