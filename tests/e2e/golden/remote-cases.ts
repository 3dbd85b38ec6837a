import { added, type World } from './world';

/**
 * The words of a command in a world. Of the things that a command removes, there is one for each
 * run.
 */
export type Words = (world: World) => string[] | Promise<string[]>;

let made = 0;
const spareUser = ({ admin }: World) => added(admin, '/v1/users', { name: `s${made++}` });
const spareToken = ({ admin }: World) => added(admin, '/v1/tokens', { name: `s${made++}` });
const spareWebhook = ({ admin }: World) =>
  added(admin, '/v1/webhooks', { url: 'https://a.example.org' });

/** Every command that calls a server, but for those of loans; a name may end in words. */
export const REMOTE_CASES: Readonly<Record<string, Words>> = {
  status: () => [],
  pools: () => [],
  'pools lab': () => [],
  queue: () => ['lab'],
  holders: () => ['lab'],
  ls: () => [],
  'ls --all': () => [],
  show: ({ loan }) => [loan],
  'show QUEUED': ({ queued }) => [queued],
  'show lab-1': () => [],
  events: () => ['--limit', '5'],
  returns: () => [],
  history: () => [],
  'history lab': () => ['--days', '3'],
  doctor: () => [],
  mcp: () => [],
  resize: () => ['lab', '2'],
  drain: () => ['boxes-1'],
  maintenance: () => ['boxes-1', '--reason', 'new fan'],
  'quarantine list': () => [],
  'quarantine retry': () => ['lab-1'],
  login: () => [],
  logout: () => [],
  whoami: () => [],
  'context list': () => [],
  'context use': () => ['none'],
  'context remove': () => ['none'],
  'users list': () => [],
  'users show': ({ bea }) => [bea.userId],
  'users add': () => ['--name', 'Nobody yet'],
  'users change': ({ bea }) => [bea.userId, '--name', 'bea'],
  'users remove': async (world) => [await spareUser(world)],
  'tokens list': () => [],
  'tokens create': () => ['ci', '--scopes', 'read'],
  'tokens revoke': async (world) => [await spareToken(world)],
  'webhooks list': () => [],
  'webhooks add': () => ['https://hooks.example.org/x', '--types', 'lease.lost'],
  'webhooks change': ({ webhook }) => [webhook, '--description', 'the chat'],
  'webhooks secret': ({ webhook }) => [webhook],
  'webhooks test': ({ webhook }) => [webhook],
  'webhooks replay': ({ webhook }) => [webhook, '--from', '1', '--to', '1'],
  'webhooks deliveries': ({ webhook }) => [webhook],
  'webhooks remove': async (world) => [await spareWebhook(world)],
};

/** Those that change something need a world of their own, and their situations an order. */
export const CHANGING = new RegExp(
  '^(resize|drain|maintenance|quarantine retry|(users|tokens) (add|create|change|remove|revoke)|' +
    'webhooks (add|change|secret|test|replay|remove))$',
);
