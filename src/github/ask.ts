import type { z } from 'zod';
import { DomainError } from '../domain/errors';

/** The deadline of one call to GitHub, in ms. */
const DEADLINE = 10_000;
const MINUTE = 60_000;
const PAGE = 100;
const MAX_PAGES = 10;

export interface Ask {
  /** Sent as a form by POST; without it the call is a GET. */
  form?: Record<string, string>;
  accessToken?: string;
  requestId: string | null;
}

export interface Reply {
  status: number;
  headers: Headers;
  /** The parsed JSON. */
  body: unknown;
}

/**
 * Makes one call. Errors: `busy` if GitHub does not answer, fails, limits us, or answers with
 * anything but JSON. The message names the path, and nothing that was sent.
 */
export async function ask(url: URL, { form, accessToken, requestId }: Ask): Promise<Reply> {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'User-Agent': 'holdfast',
    'X-GitHub-Api-Version': '2022-11-28',
  };
  if (requestId !== null) headers['X-Request-ID'] = requestId;
  if (accessToken !== undefined) headers.Authorization = `Bearer ${accessToken}`;
  const sent = form ? { method: 'POST', body: new URLSearchParams(form) } : { method: 'GET' };
  // A redirect could send our secrets anywhere.
  const response = await fetch(url, {
    ...sent,
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE),
  }).catch(() => away(url, 'does not answer'));
  if (response.status >= 500) return away(url, `answers ${response.status}`);
  if (isLimited(response))
    return away(url, 'limits how often this server may ask', waitOf(response.headers));
  const text = await response.text().catch(() => away(url, 'broke off its answer'));
  return {
    status: response.status,
    headers: response.headers,
    body: parse(text) ?? away(url, 'sends an answer that is not documented'),
  };
}

/**
 * GitHub's answer at `url`, parsed by `shape`, and its next page. Errors: `forbidden` if the user has
 * not granted access to it, and those of `ask`.
 */
export async function read<T extends z.ZodType>(
  url: URL,
  shape: T,
  asked: Ask,
): Promise<{ value: z.output<T>; next: URL | null }> {
  const { status, headers, body } = await ask(url, asked);
  if (status === 401 || status === 403 || status === 404)
    throw new DomainError(
      'forbidden',
      `GitHub does not show ${url.pathname} of this account; begin again and grant the access asked for.`,
    );
  const parsed = shape.safeParse(body);
  return status === 200 && parsed.success
    ? { value: parsed.data, next: nextOf(url, headers) }
    : away(url, 'sends an answer that is not documented');
}

/**
 * All pages of a list, a thousand entries at most:
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export async function readAll<T extends z.ZodType<unknown[]>>(
  url: URL,
  shape: T,
  asked: Ask,
): Promise<z.output<T>[number][]> {
  const first = new URL(url);
  first.searchParams.set('per_page', String(PAGE));
  const entries: z.output<T>[number][] = [];
  let next: URL | null = first;
  for (let page = 0; next && page < MAX_PAGES; page += 1) {
    const found: { value: z.output<T>; next: URL | null } = await read(next, shape, asked);
    entries.push(...found.value);
    next = found.next;
  }
  return entries;
}

/**
 * The next page according to the Link header. It must have the same origin, because the access token
 * is sent there.
 */
function nextOf(url: URL, headers: Headers): URL | null {
  const [, next] = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(headers.get('Link') ?? '') ?? [];
  if (next === undefined) return null;
  const found = URL.canParse(next) ? new URL(next) : null;
  return found?.origin === url.origin ? found : away(url, 'names a next page on another server');
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isLimited({ status, headers }: Response): boolean {
  return (
    status === 429 ||
    (status === 403 && (headers.get('X-RateLimit-Remaining') === '0' || headers.has('Retry-After')))
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** How long GitHub wants us to wait, in ms; a minute if it does not say. */
function waitOf(headers: Headers): number {
  const seconds = headers.get('Retry-After') ?? '';
  return /^\d{1,5}$/.test(seconds) ? Number(seconds) * 1000 : MINUTE;
}

function away(url: URL, how: string, wait?: number): never {
  throw new DomainError('busy', `GitHub ${how} (${url.pathname}); try again.`, undefined, { wait });
}
