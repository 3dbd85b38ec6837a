import type { AccessWish } from '../../domain/loans/reservation';
import { DriverError, type CredentialSecret } from '../driver';
import { grantFor, secretLines, type Grant } from '../ssh-login/grants';
import { keyPair } from '../ssh-login/key-pair';
import { knownHostsLine, writtenKey } from '../ssh-login/known-hosts';
import { shortId } from '../ssh-login/names';
import { tryLogin } from '../ssh-login/ssh';
import { onHost, wayTo, type HostCall } from './host';
import { holderLogin, requireRefused } from './proof';

/** Digits of an installation in the names of its users. */
const INSTALLATION_DIGITS = 6;

/**
 * Makes a user for a holder, and logs in as that user. Returns the access, with the whole key of the
 * host. Errors: DriverError, also if the host does not let the new user in; then nothing is left.
 */
export async function openOn(context: HostCall, wish: AccessWish): Promise<CredentialSecret> {
  const { target, call, env } = context;
  const { grant, secret } = grantWith(context, wish);
  const mark = `holdfast/${shortId(env.installation)}/${shortId(target.resourceId)}/${markOf(call)}`;
  const { endpoint, key } = await onHost(context, async (host) => {
    await host.open(grant.username, mark, secretLines(grant));
    return host.server;
  });
  const access = { username: grant.username, ...secret };
  if ((await tryLogin(endpoint, holderLogin(access)!, call.signal)) !== 'accepted') {
    await onHost(context, (host) => host.close());
    const by = secret.password === undefined ? 'key' : 'password';
    throw new DriverError(
      'resource',
      `The SSH server lets nobody new in by ${by}; see its settings, and the setting login.`,
    );
  }
  const { host, port } = endpoint;
  const hostKey = writtenKey(key);
  return { ...access, host, port, hostKey, knownHosts: knownHostsLine(endpoint, hostKey) };

  function markOf({ operationId }: typeof call): string {
    return /^[A-Za-z0-9_.-]{1,64}$/.test(operationId) ? operationId : shortId(operationId);
  }
}

/** The login to make, and the part of it that the holder is shown. */
function grantWith(
  { call, settings, env }: HostCall,
  wish: AccessWish,
): { grant: Grant; secret: CredentialSecret } {
  const installation = shortId(env.installation).slice(0, INSTALLATION_DIGITS);
  const username = wish.username ?? `hf-${installation}-${shortId(call.operationId)}`;
  const makesKey =
    settings.login === 'key' && wish.password === undefined && wish.publicKey === undefined;
  const made = makesKey ? keyPair() : null;
  const wished = { ...wish, username, ...(made && { publicKey: made.public }) };
  const grant = grantFor(wished, call, env.random);
  const { password, publicKey } = grant;
  // A key that the holder brought is shown again: at the end it has to be seen refused.
  const secret = {
    ...(password !== undefined && { password }),
    ...(made ? { privateKey: made.private } : publicKey !== undefined && { publicKey }),
  };
  return { grant, secret };
}

/**
 * Ends every login of the resource, and sees the last one refused. Errors: DriverError, also if it
 * is still accepted.
 */
export async function closeOn(context: HostCall, access: CredentialSecret | null): Promise<void> {
  const { target, call, settings, now } = context;
  await onHost(context, (host) => host.close());
  const login = holderLogin(access);
  // An access that was never handed out has no secret that anybody could try.
  const refused = login && (await requireRefused(wayTo(target, settings), login, call, now));
  call.show({ ...(refused && { refused }), derived: { how: 'ended', until: null } });
}
