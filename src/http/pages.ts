import { createHash } from 'node:crypto';
import { Router, type Request, type RequestHandler } from 'express';
import { DomainError } from '../domain/errors';

/** A file for browsers. docs/extending.md says how to add one. */
export interface Page {
  path: string;
  /** Its name among the assets. */
  file: string;
}

/** Every page. Links within a page are relative, so that it works below any PUBLIC_URL. */
export const PAGES: readonly Page[] = [
  { path: '/docs', file: 'docs/index.html' },
  { path: '/docs/start.js', file: 'docs/start.js' },
  { path: '/docs/swagger-ui.css', file: 'docs/swagger-ui.css' },
  { path: '/docs/swagger-ui-bundle.js', file: 'docs/swagger-ui-bundle.js' },
];

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Nothing from other origins. Swagger UI needs inline styles, and images from its style sheet. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' " +
  "data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The media type of a page, by its extension. Throws for an unknown extension. */
export function typeOf(file: string): string {
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)];
  if (type === undefined) throw new Error(`${file}: add its type to src/http/pages.ts.`);
  return type;
}

/** Serves the pages; `read` gives the bytes of one. */
export function pageRoutes(read: (file: string) => Buffer): Router {
  const router = Router({ strict: true });
  for (const { path, file } of PAGES) {
    router.get(path, servePage(file, read));
    router.all(path, refuse);
  }
  // Relative links in a page count from its path without a slash.
  for (const { path } of PAGES.filter(({ file }) => file.endsWith('.html'))) {
    router.get(`${path}/`, (_request, response) =>
      response.redirect(308, `..${path.slice(path.lastIndexOf('/'))}`),
    );
  }
  return router;
}

function servePage(file: string, read: (file: string) => Buffer): RequestHandler {
  let etag: string | undefined;
  return (request, response) => {
    const bytes = read(file);
    etag ??= `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    response.set({
      'Content-Type': typeOf(file),
      'Cache-Control': 'no-cache',
      ETag: etag,
      'Content-Security-Policy': POLICY,
    });
    if (request.fresh) response.status(304).end();
    else response.send(bytes);
  };
}

function refuse(request: Request): never {
  request.res?.set('Allow', 'GET, HEAD');
  throw new DomainError('method_not_allowed', `${request.path} supports GET.`);
}
