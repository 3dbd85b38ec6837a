import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { problem } from '../api/common';
import type { ErrorCode } from '../domain/errors';
import { readsCredential } from './authenticate';
import { PROBLEMS } from './problems';
import { takesKey, type Route } from './route';
import { changes } from './web-pages';

/** Errors that any route may answer with; an unknown query parameter, for one, is `invalid`. */
const ALWAYS: ErrorCode[] = ['invalid', 'internal', 'busy', 'rate_limited'];

/**
 * Describes a table of routes as an OpenAPI 3.1 document. `base`: the path of PUBLIC_URL, below which
 * the routes are.
 */
export function openApiDocument(
  routes: Route[],
  version: string,
  base = '',
): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      description:
        'Lends scarce resources for a limited time, and gets every one of them back clean.',
    },
    ...(base === '' ? {} : { servers: [{ url: base }] }),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API token, hf_…' },
        basic: { type: 'http', scheme: 'basic', description: 'E-mail address and password.' },
      },
    },
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  const headers = headersOf(route);
  return {
    summary: route.summary,
    description: needsOf(route),
    security: route.access === 'public' ? [] : [{ bearer: [] }, { basic: [] }],
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
      ...(headers ? { header: headers } : {}),
    },
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }
      : {}),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

function needsOf(route: Route): string {
  if (route.access === 'metrics') return 'Needs the scope `metrics`, or `admin`.';
  if (route.access !== 'public') return `Needs the scope \`${route.access}\`.`;
  return readsCredential(route) ? 'Public; a credential that is shown has to be right.' : 'Public.';
}

function headersOf(route: Route): z.ZodObject | null {
  const fields: Record<string, z.ZodType> = {};
  if (takesKey(route)) {
    fields['Idempotency-Key'] = z
      .string()
      .max(255)
      .optional()
      .meta({ description: 'A request repeated under the same key takes effect once.' });
  }
  if (route.errors.includes('precondition_failed'))
    fields['If-Match'] = z
      .string()
      .optional()
      .meta({ description: 'The ETag from when you read it.' });
  return Object.keys(fields).length > 0 ? z.object(fields) : null;
}

function answersOf(route: Route) {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, body, types = [] }]) => {
      const json = body && { 'application/json': { schema: body } };
      const content = json || types.length > 0 ? { content: { ...json, ...others(types) } } : {};
      return [status, { description, ...content }];
    }),
  );
}

/** Texts and streams: they are described in words. */
function others(types: readonly string[]) {
  return Object.fromEntries(types.map((type) => [type, { schema: z.string() }]));
}

function problemsOf(route: Route) {
  const read: ErrorCode[] = readsCredential(route) ? ['unauthenticated'] : [];
  const guarded: ErrorCode[] = route.access === 'public' ? [] : ['forbidden'];
  // A page of another site may not make it.
  const changing: ErrorCode[] = changes(route) ? ['forbidden'] : [];
  const written: ErrorCode[] = route.body ? ['too_large', 'unsupported_media_type'] : [];
  const keyed: ErrorCode[] = takesKey(route) ? ['idempotency_mismatch'] : [];
  const byStatus = new Map<number, Set<ErrorCode>>();
  // A route that formats its own errors documents them among its answers.
  const codes = route.formatError
    ? (['internal'] as const)
    : [...route.errors, ...read, ...guarded, ...changing, ...written, ...keyed, ...ALWAYS];
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: `Problem: ${[...codes].sort().join(', ')}.`,
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  );
}
