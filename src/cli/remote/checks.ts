import { buildVersion } from '../../build-version';
import { Holdfast, type Schemas } from '../../client';
import { wallMs } from '../../clock';
import type { Target } from './connect';
import { contextsFile, othersCanRead, readContexts } from './contexts';
import { failureOf, SIGN_IN } from './failures';
import { probe, type Probe } from './probe';
import { relative, spelledDuration } from './times';

export type Check =
  | 'configuration'
  | 'server'
  | 'reachable'
  | 'TLS'
  | 'clock'
  | 'version'
  | 'ready'
  | 'token'
  | 'output';

/** The outcome of one check. */
export interface Finding {
  check: Check;
  state: 'ok' | 'warn' | 'fail';
  detail: string;
  /** Says what to do about it. */
  advice?: string;
}

const SKEW_ALLOWED = 2_000;
const EXPIRES_SOON = 3 * 86_400_000;
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

type State = Finding['state'];
const finding = (check: Check, state: State, detail: string, advice?: string): Finding =>
  advice === undefined ? { check, state, detail } : { check, state, detail, advice };

/** Makes all checks, in an order in which each needs those before it. `patience`: ms. */
export async function checkAll(target: Target, patience: number): Promise<Finding[]> {
  const near = [checkConfiguration(), checkServer(target), checkTls(target.url)];
  const answer = await probe(target.url, '/version', patience).catch(unreachable);
  if ('check' in answer) return [...near, answer, checkOutput()];
  const far = [checkReachable(answer), checkClock(answer), checkVersion(answer)];
  const ready = await probe(target.url, '/readyz', patience).then(checkReady, unreachable);
  return [...near, ...far, ready, await checkToken(target, patience), checkOutput()];
}

function checkConfiguration(): Finding {
  const file = contextsFile();
  if (file === null)
    return finding('configuration', 'warn', 'no home directory to keep contexts in', 'Set HOME.');
  const count = Object.keys(readContexts(file).contexts).length;
  if (othersCanRead(file))
    return finding('configuration', 'fail', `others can read ${file}`, `chmod 600 '${file}'`);
  if (count > 0) return finding('configuration', 'ok', `${file}, contexts: ${count}`);
  return finding('configuration', 'ok', `no contexts yet; they will be in ${file}`);
}

function checkServer({ url, context }: Target): Finding {
  return finding(
    'server',
    'ok',
    context === null ? `${url}, of no context` : `${url} (${context})`,
  );
}

function checkTls(url: string): Finding {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return finding('TLS', 'ok', 'https');
  if (LOOPBACK.test(hostname))
    return finding('TLS', 'ok', 'none, and none is needed: this machine');
  const advice = 'Put the server behind a proxy with TLS, and use its https address.';
  return finding('TLS', 'warn', 'none: others on the way can read your token', advice);
}

function unreachable(error: unknown): Finding {
  const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
  const reason = name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? cause?.message);
  const isTls = /CERT|TLS|SSL|SIGNED/i.test(reason ?? '');
  const advice = isTls
    ? 'The certificate is not trusted here: NODE_EXTRA_CA_CERTS names the file of its authority.'
    : 'Is the server running, is --url right, and does a firewall or a proxy stand between?';
  return finding('reachable', 'fail', reason ?? message, advice);
}

function checkReachable({ status, body, took }: Probe): Finding {
  if (status === 200 && typeof body?.version === 'string')
    return finding('reachable', 'ok', `answered in ${took} ms`);
  const advice = 'Something else answers at this address, perhaps a proxy: is --url right?';
  return finding('reachable', 'fail', `/version answered with status ${status}`, advice);
}

function checkClock({ skew }: Probe): Finding {
  if (skew === null) return finding('clock', 'warn', 'the server does not tell its time');
  if (Math.abs(skew) <= SKEW_ALLOWED) return finding('clock', 'ok', 'as that of the server');
  const apart = `${spelledDuration(Math.abs(skew))} ${skew > 0 ? 'behind' : 'ahead of'} the server`;
  const advice = 'Set the clock (NTP); leases end by the clock of the server.';
  return finding('clock', 'warn', `this machine is ${apart}`, advice);
}

function checkVersion({ body }: Probe): Finding {
  const theirs = String(body?.version);
  const ours = buildVersion();
  const line = (version: string) => version.split('.').slice(0, 2).join('.');
  if (line(theirs) === line(ours))
    return finding('version', 'ok', `server ${theirs}, here ${ours}`);
  const advice = 'Use the command line of the same version as the server.';
  return finding('version', 'warn', `server ${theirs}, here ${ours}`, advice);
}

function checkReady({ status, body }: Probe): Finding {
  const { failing = [], warnings = [] } = (body ?? {}) as Partial<Schemas['Readiness']>;
  const advice = 'An operator finds the reason in the log of the server.';
  if (status !== 200)
    return finding('ready', 'fail', failing.join('; ') || `status ${status}`, advice);
  if (warnings.length > 0) return finding('ready', 'warn', warnings.join('; '), advice);
  return finding('ready', 'ok', 'it serves');
}

async function checkToken({ url, token }: Target, patience: number): Promise<Finding> {
  const advice = SIGN_IN;
  if (token === undefined) return finding('token', 'fail', `none for ${url}`, advice);
  try {
    const holdfast = new Holdfast({ url, token, retryFor: patience });
    const me = await holdfast.me.get();
    const expiry = await expiryOf(holdfast, me);
    const detail = `${me.name} may ${me.scopes.join(', ')}`;
    if (expiry === null) return finding('token', 'ok', detail);
    const now = wallMs();
    const isNear = Date.parse(expiry) - now < EXPIRES_SOON;
    const told = `${detail}; it ends ${relative(expiry, now)}`;
    return isNear ? finding('token', 'warn', told, advice) : finding('token', 'ok', told);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return finding('token', 'fail', failure.message, advice);
  }
}

/** When the token ends; null: never, or it may not say. */
async function expiryOf(holdfast: Holdfast, me: Schemas['Me']): Promise<string | null> {
  if (me.apiTokenId === null || !me.scopes.includes('self')) return null;
  for await (const { id, expiresAt } of holdfast.tokens.list())
    if (id === me.apiTokenId) return expiresAt;
  return null;
}

function checkOutput(): Finding {
  const { isTTY, columns } = process.stdout;
  if (!isTTY) return finding('output', 'ok', 'stdout is no terminal: no colours, whole tables');
  const colours = process.stdout.hasColors() ? 'colours' : 'no colours';
  return finding('output', 'ok', `a terminal of ${columns} columns, ${colours}`);
}
