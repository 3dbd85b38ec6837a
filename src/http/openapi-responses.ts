import { z } from 'zod';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import { problem } from '../api/common';
import { DomainError, type ErrorCode } from '../domain/errors';
import { readsCredential } from './authenticate';
import { formattedError } from './format-errors';
import { PROBLEMS } from './problems';
import { takesKey, type Route } from './route';
import { changes } from './web-pages';

/** Errors that any route may answer with; an unknown query parameter, for one, is `invalid`. */
const ALWAYS: ErrorCode[] = ['invalid', 'internal', 'busy', 'rate_limited'];

/** Of a body in an encoding that nobody reads, or in a type that is no JSON. */
const UNREADABLE: ErrorCode = 'unsupported_media_type';

/** One way in which a route answers with a status. */
interface Way {
  status: number;
  words: string;
  /** By type of content. */
  content: Record<string, z.ZodType>;
}

/**
 * Describes every answer of a route, by status: those that it names, and its errors in the format of
 * its API. Throws if `errorBodies` of the route lacks the form of an error.
 */
export function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const named = answersOf(route);
  const ways = [...named, ...(route.formatError ? formattedOf(route) : []), ...problemsOf(route)];
  const statuses = [...new Set(ways.map(({ status }) => status))];
  return Object.fromEntries(
    statuses.map((status) => [String(status), merged(ways.filter((way) => way.status === status))]),
  );
}

/** One status that is answered in several ways. */
function merged(ways: Way[]) {
  const schemas = new Map<string, Set<z.ZodType>>();
  for (const [type, schema] of ways.flatMap(({ content }) => Object.entries(content)))
    schemas.set(type, (schemas.get(type) ?? new Set()).add(schema));
  const content = Object.fromEntries(
    [...schemas].map(([type, forms]) => [type, { schema: anyOf([...forms]) }]),
  );
  const words = new Set(ways.map((way) => way.words).filter((text) => text !== ''));
  return { description: [...words].join(' '), ...(schemas.size > 0 ? { content } : {}) };
}

function anyOf(forms: z.ZodType[]): z.ZodType {
  return forms.length === 1 ? forms[0]! : z.union(forms);
}

function answersOf(route: Route): Way[] {
  return Object.entries(route.answers).map(([status, { description, body, types = [] }]) => ({
    status: Number(status),
    words: description,
    content: {
      ...(body ? { 'application/json': body } : {}),
      // Texts and streams: they are described in words.
      ...Object.fromEntries(types.map((type) => [type, z.string()])),
    },
  }));
}

/** Errors as problems; of a route with a format of its own, only faults of the server are. */
function problemsOf(route: Route): Way[] {
  const codes: ErrorCode[] = route.formatError ? ['internal'] : codesOf(route);
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return statuses.map((status) => ({
    status,
    words: `Problem: ${codes.filter((code) => PROBLEMS[code].status === status).join(', ')}.`,
    content: { 'application/problem+json': problem },
  }));
}

/** Errors in the format of the route's own API, which does not show their codes. */
function formattedOf(route: Route): Way[] {
  const codes = codesOf(route).filter((code) => code !== 'internal');
  return codes.map((code) => {
    const { status, body } = formattedError(route, new DomainError(code, 'An example.'));
    const form = route.errorBodies?.find((schema) => schema.safeParse(body).success);
    if (!form) throw new Error(`${route.method} ${route.path}: no form of ${JSON.stringify(body)}`);
    const words = status in route.answers ? '' : `${PROBLEMS[code].title}.`;
    return { status, words, content: { 'application/json': form } };
  });
}

/** Every error that a call may end in, in the order of the alphabet. */
function codesOf(route: Route): ErrorCode[] {
  const read: ErrorCode[] = readsCredential(route) ? ['unauthenticated'] : [];
  const guarded: ErrorCode[] = route.access === 'public' ? [] : ['forbidden'];
  // A page of another site may not make it; in open mode, neither may anybody from elsewhere.
  const changing: ErrorCode[] = changes(route) || route.formatError ? ['forbidden'] : [];
  // The length of a body counts even where nobody reads it, and any call can be sent with one.
  const isRead = route.body !== undefined || !route.ignoresUnread;
  const written: ErrorCode[] = ['too_large', ...(isRead ? [UNREADABLE] : [])];
  const keyed: ErrorCode[] = takesKey(route) ? ['idempotency_mismatch'] : [];
  const all = [route.errors, read, guarded, changing, written, keyed, ALWAYS].flat();
  return [...new Set(all)].sort();
}
