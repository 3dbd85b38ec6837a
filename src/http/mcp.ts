import type { Request as ExpressRequest } from 'express';
import { message, rpcError } from '../api/mcp';
import { DomainError } from '../domain/errors';
import type { Principal } from '../domain/people/user';
import type { AgentCall, Services } from '../service/services';
import { authenticate, presentedCredential } from './authenticate';
import { route, underTag, type Answer, type Call, type Route } from './route';
import { AGENTS } from './v1/headings';

const PATH = '/mcp';
const SESSION = 'mcp-session-id';
const STREAM = 'text/event-stream';
/** The headers of the protocol, and those by which it agrees on types of content. */
const READ = ['accept', 'content-type', 'mcp-protocol-version', 'last-event-id', SESSION];
const GIVEN = ['cache-control', 'x-accel-buffering', SESSION];

const refused = (description: string) => ({ description, body: rpcError });
const REFUSALS = {
  400: refused('It is no message of the protocol, or of a version that is not spoken here.'),
  404: refused('The session has ended.'),
  406: refused('Accept does not name the types that are answered.'),
};
const common = {
  path: PATH,
  access: 'read',
  // Agents may send more.
  ignoresUnread: true,
  authenticate: byToken,
  errors: ['invalid', 'unauthenticated', 'forbidden', 'not_found'],
} satisfies Partial<Route>;

/**
 * The Model Context Protocol over HTTP, for agents. `hosts`: the names of this server, under which
 * pages of its own may call.
 */
export function mcpRoutes(hosts: readonly string[]): Route[] {
  const handle = (call: AnyCall) => answer(call, hosts);
  return underTag(AGENTS, [
    route({
      ...common,
      method: 'post',
      operationId: 'sendMcpMessage',
      summary: 'Send a message of the Model Context Protocol, and get its answers as a stream',
      description: '`initialize` begins a session, whose id is in the header `Mcp-Session-Id`.',
      body: message,
      answers: {
        200: { description: 'Messages, as server-sent events.', types: [STREAM] },
        202: { description: 'Taken; it needs no answer.' },
        ...REFUSALS,
      },
      handle,
    }),
    route({
      ...common,
      method: 'get',
      operationId: 'followMcpSession',
      summary: 'Follow a session; while it is followed, it lives',
      answers: {
        200: { description: 'Messages, as server-sent events.', types: [STREAM] },
        ...REFUSALS,
        409: refused('The session is followed already.'),
      },
      handle,
    }),
    route({
      ...common,
      method: 'delete',
      whenFull: true,
      operationId: 'endMcpSession',
      summary: 'End a session, and release what it has borrowed',
      answers: { 200: { description: 'It has ended.' }, ...REFUSALS },
      handle,
    }),
  ]);
}

type AnyCall = Call<unknown, unknown, unknown>;

/** Only a token will do: a password would be kept for as long as the session lasts. */
async function byToken(request: ExpressRequest, services: Services): Promise<Principal> {
  if (!('token' in (presentedCredential(request) ?? {})))
    throw new DomainError('unauthenticated', 'Send a bearer token.');
  return authenticate(request, { access: 'read', method: 'post' }, services.authentication);
}

async function answer(call: AnyCall, hosts: readonly string[]): Promise<Answer> {
  requireOwnOrigin(call.header('origin'), hosts);
  const { method, body } = call;
  const isHeld = method === 'GET' || isToolCall(body);
  if (isHeld && !call.holds())
    throw new DomainError('busy', 'All places for streams and held answers are taken.');
  const headers = READ.map((name) => [name, readHeader(call, name)] as const);
  const signal = call.signal();
  const asked: AgentCall = {
    ...{ method, body, signal, principal: call.principal, address: call.address },
    session: call.header(SESSION),
    token: call.header('authorization')!.split(/ +/)[1]!,
    headers: headers.filter((entry): entry is [string, string] => entry[1] !== undefined),
  };
  // The routes are there only if the sessions are.
  return answerOf(await call.services.mcp!.answer(asked), call, signal);
}

/**
 * A page that has its own name resolve to this machine has that name as its origin, and so is known
 * by it. Errors: `forbidden`.
 */
function requireOwnOrigin(origin: string | undefined, hosts: readonly string[]): void {
  if (origin === undefined) return;
  if (URL.canParse(origin) && hosts.includes(new URL(origin).hostname)) return;
  throw new DomainError('forbidden', 'Calls from other web sites are refused.');
}

/** A caller that takes any type takes both of those that the protocol asks for. */
function readHeader({ header }: AnyCall, name: string): string | undefined {
  const value = header(name);
  const isAny = name === 'accept' && (value ?? '*/*').trim() === '*/*';
  return isAny ? `application/json, ${STREAM}` : value;
}

function isToolCall(body: unknown): boolean {
  return (body as { method?: unknown } | undefined)?.method === 'tools/call';
}

async function answerOf(response: Response, call: AnyCall, gone: AbortSignal): Promise<Answer> {
  const { status, body } = response;
  const given = GIVEN.map((name) => [name, response.headers.get(name)] as const);
  const headers = Object.fromEntries(
    given.filter((entry): entry is [string, string] => entry[1] !== null),
  );
  if (body === null) return { status, headers };
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith(STREAM)) return { status, headers, body: await response.json() };
  return {
    status,
    headers: { ...headers, 'Content-Type': `${STREAM}; charset=utf-8` },
    stream: piecesOf(body, call, gone),
  };
}

/** The pieces of a stream. When the reader is gone, or their credential ends, so does the stream. */
async function* piecesOf(
  body: ReadableStream<Uint8Array>,
  call: AnyCall,
  gone: AbortSignal,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const stop = () => void reader.cancel().catch(() => undefined);
  if (gone.aborted) stop();
  else gone.addEventListener('abort', stop, { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    // Only following lasts; an answer tells of the end of the credential by itself.
    if (call.method === 'GET' && !(await isSignedIn(call))) return stop();
    yield decoder.decode(value, { stream: true });
  }
}

function isSignedIn({ services, principal }: AnyCall): Promise<boolean> {
  return services.authentication.recheck(principal).then(
    () => true,
    () => false,
  );
}
