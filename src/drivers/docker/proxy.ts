import type { Server } from 'node:http';
import { engineProxy, type Asked, type Judge, type Look } from './engine-proxy';
import { isOurs, judge, type Allowed } from './proxy-rules';
import { isJson, senderFault } from './proxy-senders';

/**
 * A server between the docker driver and an engine's socket. It passes on only the calls that the
 * driver makes, on containers with our label; `refused` gets every other call. Its clients cannot
 * create a container with more rights than those we lend, and no web page is served. `hosts`: the
 * names under which it may be called, besides any address; null for every name. `images`: the
 * repositories from which it may pull, with all that are below them.
 */
export function dockerProxy(
  socketPath: string,
  refused: (call: string) => void,
  hosts: ReadonlySet<string> | null,
  images: readonly string[] = [],
): Server {
  const authorize: Judge = async (asked, body, look) => {
    const { method = '', url = '', headers } = asked;
    const fault = senderFault(headers, hosts);
    const allowed = fault === null ? judged(asked, body, images) : null;
    const found = allowed && (!allowed.about || (await isOursOrGone(allowed.about, look)));
    const why = fault === null ? '' : ` (${fault})`;
    if (!found) refused(`${method} ${url.split('?')[0]}${why}`);
    return found ? allowed : 403;
  };
  return engineProxy(socketPath, authorize);
}

function judged(
  { method = '', url = '', headers }: Asked,
  body: string,
  images: readonly string[],
) {
  return body === '' || isJson(headers) ? judge(method, url, body, images) : null;
}

/** Of a missing container the engine itself may say so. */
export async function isOursOrGone(
  { kind, id }: NonNullable<Allowed['about']>,
  look: Look,
): Promise<boolean> {
  const { status, body } = await look(
    kind === 'exec' ? `/exec/${id}/json` : `/containers/${id}/json`,
  );
  if (status === 404) return true;
  if (kind === 'container') return isOurs(body);
  const container = (body as { ContainerID?: unknown } | null)?.ContainerID;
  return (
    typeof container === 'string' && isOurs((await look(`/containers/${container}/json`)).body)
  );
}
