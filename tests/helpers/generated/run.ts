import fc from 'fast-check';
import type { Route } from '../../../src/http/route';
import { changes } from '../../../src/http/web-pages';
import { ACCESS } from '../../soak/helpers/access-rows';
import { apiDocuments, takeFaults } from '../answers';
import { curlOf, type PlainCall, type PlainCaller } from '../plain-caller';
import { callsOf, type Described, type GeneratedCall, type ReadOperation } from './calls';
import { authorizationOf, type LivingGround, type Ready } from './ground';
import type { Schema } from './values';

/** What a run has sent and seen. */
export interface Counts {
  routes: number;
  requests: number;
  '5xx': number;
  undocumented: number;
}

/** A longer body is shown by its beginning. */
const LONG = 2_000;

/** Calls after which a caller may have lost their rights. */
const ENDS_RIGHTS = /user|token|account|truncate|setup|email/;

/**
 * Sends `size` generated calls to a route. Gives the fault of the first that is answered by a 5xx,
 * or by something undocumented, with that call as small as can be; null if none is.
 */
export async function tryRoute(
  ground: LivingGround,
  caller: PlainCaller,
  counts: Counts,
  { route, size, seed }: { route: Route; size: number; seed: number },
): Promise<string | null> {
  const described = describedAs(route);
  await ground.about(described.row);
  counts.routes += 1;
  let latest = '';
  const property = fc.asyncProperty(callsOf(described), async (call) => {
    const ready = await ground.ready();
    const sent = asSent(route, call, ready);
    const { status, text } = await caller.send(ready.server.server.url, sent);
    counts.requests += 1;
    const faults = takeFaults();
    if (status >= 500) counts['5xx'] += 1;
    counts.undocumented += faults.length;
    if (status < 400 && changes(route)) await ground.changed(ENDS_RIGHTS.test(route.path));
    if (status >= 500) faults.push(reasonsOf(ready, status, text));
    if (faults.length === 0) return;
    latest = `${faults.join('\n')}\n${shown(call, sent)}`;
    throw new Error(faults.join('\n'));
  });
  const { failed } = await fc.check(property, { numRuns: size, seed, endOnFailure: false });
  if (!failed) return null;
  return `${route.method} ${route.path}, seed ${seed}: ${latest}`;
}

let documents: ReturnType<typeof apiDocuments> | undefined;

/** How a route is documented. Throws for one that is not. */
function describedAs(route: Route): Described {
  for (const document of (documents ??= apiDocuments())) {
    const operation = document.paths[route.path]?.[route.method] as ReadOperation | undefined;
    if (!operation) continue;
    const { schemas } = document.components as { schemas: Record<string, Schema> };
    const resolve = (reference: string) => schemas[reference.split('/').at(-1)!]!;
    return { route, row: ACCESS[`${route.method} ${route.path}`], operation, resolve };
  }
  throw new Error(`No document has ${route.method} ${route.path}.`);
}

function asSent(route: Route, call: GeneratedCall, ready: Ready): PlainCall {
  const { query, rawQuery, headers, body, text } = call;
  const filled = (part: string) => fill(part, ready);
  const search = filled(rawQuery ?? searchOf(query));
  const written = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const authorization = authorizationOf(ready, call.caller);
  return {
    method: route.method,
    path: filled(call.path) + (search === '' ? '' : `?${search}`),
    headers: {
      ...(written === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, asHeader(filled(value))]),
      ),
    },
    body: written === undefined ? undefined : filled(written),
  };
}

function fill(text: string, { target, owner, other }: Ready): string {
  return text
    .replaceAll('~id~', target.id)
    .replaceAll('~owner~', owner.userId)
    .replaceAll('~other~', other.userId);
}

function searchOf(query: Record<string, string>): string {
  return Object.entries(query)
    .map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('='))
    .join('&')
    .replaceAll('%7E', '~');
}

/** Node sends no other characters in a header. */
function asHeader(value: string): string {
  return value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?').trim();
}

/** The reason that a caller does not see, which the log has. */
function reasonsOf({ server }: Ready, status: number, text: string): string {
  const logged = server.server.logged.splice(0).filter(({ level }) => level === 'error');
  const causes = logged.map(({ err }) => (err instanceof Error ? err.stack : String(err)));
  return [`answered ${status}: ${text.slice(0, 300)}`, ...causes].join('\n');
}

/** As a line for a shell, with the caller's token as a variable. */
function shown({ caller }: GeneratedCall, sent: PlainCall): string {
  const body = sent.body?.toString();
  const isLong = body !== undefined && body.length > LONG;
  const short = isLong ? `${body.slice(0, 100)}… (${body.length} characters)` : body;
  const line = curlOf({ ...sent, body: short }, 'http://localhost:8080');
  return line.replace(/Bearer hf_(?!wrong)\S+?'/, `Bearer '"$${caller.toUpperCase()}"`);
}
