import { connect } from 'node:net';
import type { Target } from '../driver';
import { httpFields, tcpFields, type StaticCheck } from './settings';

/**
 * Asks a resource whether it answers. Gives null if it does, else the reason in a sentence. Stops at
 * `signal`. Errors: none.
 */
export async function probe(
  { tcp, http }: StaticCheck,
  { fields }: Pick<Target, 'fields'>,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    if (tcp) await connectTo(tcpFields.parse(fields), signal);
    return http ? await ask(http, fields, signal) : null;
  } catch (error) {
    return signal.aborted ? 'It did not answer in time.' : `It does not answer (${codeOf(error)}).`;
  }
}

/** Connects, and closes the connection at once. */
function connectTo(to: { host: string; port: number }, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, signal });
    socket.once('error', reject).once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

async function ask(
  { url, path, status }: NonNullable<StaticCheck['http']>,
  fields: Target['fields'],
  signal: AbortSignal,
): Promise<string | null> {
  const own = url ?? httpFields.parse(fields).url;
  const address = path === undefined ? own : new URL(path, own);
  // A redirect could lead anywhere, so its status is the answer.
  const headers = { connection: 'close' };
  const answer = await fetch(address, { redirect: 'manual', headers, signal });
  await answer.body?.cancel();
  const isRight = status === undefined ? answer.ok : answer.status === status;
  return isRight ? null : `It answers with the status ${answer.status}.`;
}

/** The system's code of an error, which names no address. */
function codeOf(error: unknown): string {
  const { code, cause, name } = error as Error & { code?: string; cause?: { code?: string } };
  return code ?? cause?.code ?? name;
}
