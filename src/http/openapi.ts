import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { readsCredential } from './authenticate';
import { responsesOf } from './openapi-responses';
import { takesKey, type Route } from './route';

/** A way to show a credential. */
type Credential = { description: string } & (
  { type: 'http'; scheme: 'bearer' | 'basic' } | { type: 'apiKey'; in: 'query'; name: string }
);
type Credentials = Readonly<Record<string, Credential>>;

/** An API as a whole. */
export interface ApiAbout {
  title: string;
  description: string;
  /** The ways to show a credential, by name; each is enough. */
  credentials: Credentials;
}

/**
 * Describes a table of routes as an OpenAPI 3.1 document. `base`: the path of PUBLIC_URL, below which
 * the routes are.
 */
export function openApiDocument(
  routes: readonly Route[],
  { title, description, credentials }: ApiAbout,
  version: string,
  base = '',
): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, credentials) };
  return createDocument({
    openapi: '3.1.0',
    info: {
      title,
      version,
      description,
      license: { name: 'All rights reserved', identifier: 'LicenseRef-UNLICENSED' },
      contact: { name: 'The people who run this server' },
    },
    servers: [{ url: base === '' ? '/' : base, description: 'This server.' }],
    tags: [...new Set(routes.flatMap(({ tag }) => tag ?? []))],
    paths,
    components: { securitySchemes: credentials },
  });
}

function operation(route: Route, credentials: Credentials): ZodOpenApiOperationObject {
  const headers = headersOf(route);
  const query = queryOf(route, credentials);
  return {
    operationId: route.operationId,
    tags: route.tag ? [route.tag.name] : [],
    summary: route.summary,
    description: [route.description, needsOf(route)].filter(Boolean).join('\n\n'),
    security: securityOf(route, credentials),
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { header: headers } : {}),
    },
    ...(route.body ? { requestBody: bodyOf(route.body) } : {}),
    responses: responsesOf(route),
  };
}

/** Some calls of the legacy APIs work without a body. */
function bodyOf(schema: z.ZodType) {
  const required = !schema.safeParse(undefined).success;
  return { required, content: { 'application/json': { schema } } };
}

/** No credential, any of them, or either. */
function securityOf(route: Route, credentials: Credentials): Record<string, string[]>[] {
  const any = Object.keys(credentials).map((name) => ({ [name]: [] }));
  if (route.access !== 'public') return any;
  return readsCredential(route) ? [{}, ...any] : [];
}

/** The query without credentials, which are described as such. */
function queryOf({ query }: Route, credentials: Credentials): z.ZodObject | null {
  if (!query) return null;
  const known = Object.values(credentials).flatMap((each) => ('in' in each ? [each.name] : []));
  const shape = Object.entries((query as z.ZodObject).shape);
  return z.object(Object.fromEntries(shape.filter(([name]) => !known.includes(name))));
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
