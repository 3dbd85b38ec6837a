import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { parse as parseBasic } from 'basic-auth';
import { LRUCache } from 'lru-cache';
import { engineProxy, type Asked, type Judge, type Look, type Tls } from './engine-proxy';
import { ExecGrants } from './exec-grants';
import { isPasswordOf } from './exec-password';
import { isOurs, judgeOfHolder, type Allowed } from './proxy-rules';
import { senderFault } from './proxy-senders';

/** The most logins that are remembered. */
const KNOWN = 1_000;

/**
 * A server between holders and an engine's socket. It passes on the calls by which `docker exec`
 * runs a command in the container whose user and password the caller sends, and nothing else;
 * `refused` gets every other call.
 */
export function execProxy(
  socketPath: string,
  grants: ExecGrants,
  refused: (call: string) => void,
  tls?: Tls,
): Server {
  const logins = new ExecLogins(grants);
  const verdictOn = async (
    asked: Asked,
    body: string,
    look: Look,
  ): Promise<Allowed | 401 | 403> => {
    const { method = '', url = '', headers } = asked;
    const allowed = senderFault(headers, null) === null ? judgeOfHolder(method, url, body) : null;
    if (!allowed) return 403;
    if (!allowed.about) return allowed;
    const container = await containerOf(allowed.about, look);
    const isHolder = container !== null && (await logins.admit(container, headers.authorization));
    if (!isHolder) return 401;
    return isOurs((await look(`/containers/${container}/json`)).body) ? allowed : 403;
  };
  const judge: Judge = async (asked, body, look) => {
    const verdict = await verdictOn(asked, body, look);
    if (typeof verdict === 'number') refused(`${asked.method} ${asked.url?.split('?')[0]}`);
    return verdict;
  };
  return engineProxy(socketPath, judge, tls);
}

/** The same with the record of grants in a file, which is closed with the server. */
export function openExecProxy(
  socketPath: string,
  file: string,
  refused: (call: string) => void,
  tls?: Tls,
): Server {
  const grants = ExecGrants.open(file);
  return execProxy(socketPath, grants, refused, tls).on('close', () => grants.close());
}

/** The container that a call is about, by its id; null if the command in one is unknown. */
async function containerOf(
  { kind, id }: NonNullable<Allowed['about']>,
  look: Look,
): Promise<string | null> {
  if (kind === 'container') return id;
  const { body } = await look(`/exec/${id}/json`);
  const container = (body as { ContainerID?: unknown } | null)?.ContainerID;
  return typeof container === 'string' ? container : null;
}

/** Checks logins, one at a time: guessing takes no more than one processor. */
class ExecLogins {
  private turn: Promise<unknown> = Promise.resolve();
  /** By container and user, the last login that was right, and for which hash. */
  private readonly known = new LRUCache<string, { stored: string; login: string }>({ max: KNOWN });

  constructor(private readonly grants: ExecGrants) {}

  /** Does this header let its sender into this container? */
  admit(container: string, authorization: string | undefined): Promise<boolean> {
    const login = authorization === undefined ? undefined : parseBasic(authorization);
    if (!login) return Promise.resolve(false);
    const key = `${container} ${login.name}`;
    const stored = this.grants.hashOf(container, login.name);
    if (stored === null) return Promise.resolve(false);
    const digest = createHash('sha256').update(login.pass).digest('base64');
    const known = this.known.get(key);
    if (known?.stored === stored && known.login === digest) return Promise.resolve(true);
    const checked = this.turn.then(() => isPasswordOf(login.pass, stored));
    this.turn = checked.catch(() => undefined);
    return checked.then((isRight) => {
      if (isRight) this.known.set(key, { stored, login: digest });
      // It may have been revoked meanwhile.
      return isRight && this.grants.hashOf(container, login.name) === stored;
    });
  }
}
