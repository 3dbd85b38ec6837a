import type { Method, Path } from './api';

/** `pages`: a list, page by page. `body`: takes one. */
export type Shape = 'plain' | 'body' | 'pages';

/** A route of v1 as a method of the client calls it. */
export interface ClientRoute<M extends Method, P extends Path, S extends Shape> {
  method: M;
  path: P;
  shape: S;
  /** True if the call takes effect once under an idempotency key. */
  keyed: boolean;
}

function route<M extends Method, P extends Path, S extends Shape>(
  method: M,
  path: P,
  shape: S,
  keyed: boolean,
): ClientRoute<M, P, S> {
  return { method, path, shape, keyed };
}

const list = <P extends Path>(path: P) => route('get', path, 'pages', false);
const get = <P extends Path>(path: P) => route('get', path, 'plain', false);
const post = <P extends Path>(path: P) => route('post', path, 'body', true);
const act = <P extends Path>(path: P) => route('post', path, 'plain', true);
const patch = <P extends Path>(path: P) => route('patch', path, 'body', false);
const remove = <P extends Path>(path: P) => route('delete', path, 'plain', false);

/** The one place that maps the names of the client to the routes of v1. */
export const ROUTES = {
  reservations: {
    create: post('/v1/reservations'),
    list: list('/v1/reservations'),
    get: get('/v1/reservations/{id}'),
    update: route('patch', '/v1/reservations/{id}', 'body', true),
    heartbeat: act('/v1/reservations/{id}/heartbeat'),
    delete: remove('/v1/reservations/{id}'),
    before: get('/v1/reservations/{id}/before'),
  },
  pools: {
    create: post('/v1/pools'),
    list: list('/v1/pools'),
    get: get('/v1/pools/{name}'),
    update: patch('/v1/pools/{name}'),
    delete: remove('/v1/pools/{name}'),
    holders: list('/v1/pools/{name}/holders'),
    queue: list('/v1/pools/{name}/queue'),
    timeline: get('/v1/pools/{name}/timeline'),
    drawTimeline: get('/v1/pools/{name}/timeline.svg'),
    history: get('/v1/pools/{name}/history'),
  },
  resources: {
    create: post('/v1/resources'),
    list: list('/v1/resources'),
    get: get('/v1/resources/{id}'),
    update: patch('/v1/resources/{id}'),
    delete: remove('/v1/resources/{id}'),
    keepAlive: act('/v1/resources/{id}/keep-alive'),
    clean: act('/v1/resources/{id}/clean'),
    unquarantine: act('/v1/resources/{id}/unquarantine'),
    replaceCredential: post('/v1/resources/{id}/credential'),
    loans: list('/v1/resources/{id}/loans'),
    returns: list('/v1/resources/{id}/returns'),
  },
  users: {
    create: post('/v1/users'),
    list: list('/v1/users'),
    get: get('/v1/users/{id}'),
    update: patch('/v1/users/{id}'),
    delete: remove('/v1/users/{id}'),
  },
  tokens: {
    create: post('/v1/tokens'),
    list: list('/v1/tokens'),
    delete: remove('/v1/tokens/{id}'),
  },
  sessions: {
    create: route('post', '/v1/session', 'plain', false),
    get: get('/v1/session'),
    deleteOwn: remove('/v1/session'),
    list: get('/v1/me/sessions'),
    delete: remove('/v1/me/sessions/{id}'),
  },
  returns: {
    list: list('/v1/returns'),
    verify: get('/v1/audit/verify'),
  },
  events: { list: list('/v1/events') },
  webhooks: {
    create: post('/v1/webhooks'),
    list: list('/v1/webhooks'),
    get: get('/v1/webhooks/{id}'),
    update: patch('/v1/webhooks/{id}'),
    delete: remove('/v1/webhooks/{id}'),
    rotateSecret: act('/v1/webhooks/{id}/secret'),
    test: act('/v1/webhooks/{id}/test'),
    replay: post('/v1/webhooks/{id}/replay'),
    deliveries: list('/v1/webhooks/{id}/deliveries'),
  },
  me: { get: get('/v1/me') },
  overview: { get: get('/v1/overview') },
  history: { get: get('/v1/history') },
  stats: { get: get('/v1/stats') },
  setup: { create: route('post', '/v1/setup', 'body', false) },
  github: {
    startDevice: route('post', '/v1/auth/github/device', 'plain', false),
    finishDevice: route('post', '/v1/auth/github/device/token', 'body', false),
  },
} as const;
