import { createHash } from 'node:crypto';
import { Router, type Request, type RequestHandler } from 'express';
import { DomainError } from '../domain/errors';
import { isSecure } from './session-cookie';

/** A file for browsers. docs/extending.md says how to add one. */
export interface Page {
  path: string;
  /** Its name among the assets. */
  file: string;
}

/**
 * Every page but those of the dashboard. Links within a page are relative, so that it works below any
 * PUBLIC_URL.
 */
export const PAGES: readonly Page[] = [
  { path: '/docs', file: 'docs/index.html' },
  { path: '/docs/start.js', file: 'docs/start.js' },
  { path: '/docs/swagger-ui.css', file: 'docs/swagger-ui.css' },
  { path: '/docs/swagger-ui-bundle.js', file: 'docs/swagger-ui-bundle.js' },
];

/** The page of the dashboard, which browsers get at `/`. */
export const DASHBOARD_PAGE = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const NOTHING_ELSE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Nothing from other origins. Swagger UI needs inline styles, and images from its style sheet. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' " +
  `data:; connect-src 'self'; ${NOTHING_ELSE}`;

/** Nothing from other origins, nothing inline, and no text that becomes code or markup. */
const DASHBOARD_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  `${NOTHING_ELSE}; require-trusted-types-for 'script'; trusted-types 'none'`;

/** A build names each file by its contents. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The media type of a page, by its extension. Throws for an unknown extension. */
export function typeOf(file: string): string {
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)];
  if (type === undefined) throw new Error(`${file}: add its type to src/http/pages.ts.`);
  return type;
}

/** The files for browsers. */
export interface PageFiles {
  /** Returns the bytes of a page. Throws if it is missing. */
  page: (file: string) => Buffer;
  /** The names of the files that the dashboard consists of; empty if it is not built. */
  dashboard: () => string[];
}

/** Serves the pages. */
export function pageRoutes(files: PageFiles): Router {
  const router = Router({ strict: true });
  for (const { path, file } of PAGES) {
    router.get(path, servePage(file, files, DOCS_POLICY));
    router.all(path, refuse);
  }
  for (const file of files.dashboard().filter((name) => name !== DASHBOARD_PAGE)) {
    router.get(`/${file}`, servePage(file, files, DASHBOARD_POLICY, FOR_EVER));
    router.all(`/${file}`, refuse);
  }
  // Relative links in a page count from its path without a slash.
  for (const { path } of PAGES.filter(({ file }) => file.endsWith('.html'))) {
    router.get(`${path}/`, (_request, response) =>
      response.redirect(308, `..${path.slice(path.lastIndexOf('/'))}`),
    );
  }
  return router;
}

/**
 * Serves the dashboard at `/` to those who ask for a page; everybody else goes on to what programs
 * get there.
 */
export function dashboardAtRoot(files: PageFiles): RequestHandler {
  const isBuilt = files.dashboard().includes(DASHBOARD_PAGE);
  const serve = servePage(DASHBOARD_PAGE, files, DASHBOARD_POLICY);
  return (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isBuilt || !isRead || request.path !== '/') return next();
    response.vary('Accept');
    if (request.accepts(['json', 'html']) === 'html') serve(request, response, next);
    else next();
  };
}

function servePage(
  file: string,
  { page }: PageFiles,
  policy: string,
  caching = 'no-cache',
): RequestHandler {
  let etag: string | undefined;
  return (request, response) => {
    const bytes = page(file);
    etag ??= `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    response.set({
      'Content-Type': typeOf(file),
      'Cache-Control': caching,
      ETag: etag,
      'Content-Security-Policy': policy,
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
      'X-Frame-Options': 'DENY',
    });
    // Over plain HTTP browsers do not know it, and say so on the console.
    if (isSecure(request)) response.set('Cross-Origin-Opener-Policy', 'same-origin');
    if (request.fresh) response.status(304).end();
    else response.send(bytes);
  };
}

function refuse(request: Request): never {
  request.res?.set('Allow', 'GET, HEAD');
  throw new DomainError('method_not_allowed', `${request.path} supports GET.`);
}
