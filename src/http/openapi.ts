import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { readsCredential } from './authenticate';
import { responsesOf } from './openapi-responses';
import { takesKey, type Route } from './route';

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
    responses: responsesOf(route),
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
