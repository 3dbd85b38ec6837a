import { BlockList, isIPv6 } from 'node:net';
import type { Request } from 'express';
import { DomainError } from '../../domain/errors';
import { isAdmin, type Principal, type Scope } from '../../domain/people/user';
import type { Authentication, PresentedCredential } from '../../service/people/authentication';
import { NOBODY, presentedCredential } from '../authenticate';

/** What a call of a seed API needs in guarded mode: nothing, somebody with a scope, or an admin. */
export type Need = 'nothing' | Scope;

export interface GateOptions {
  mode: 'guarded' | 'open';
  /** Addresses and CIDRs that open mode answers to. */
  openCidrs: readonly string[];
  /** Host names under which open mode answers, without ports. */
  hosts: readonly string[];
}

/**
 * Who may call the seed APIs. *guarded*: a credential for anything that changes state or shows what
 * is private. *open*: anybody on a trusted network, as the API's own system user; some of the
 * documented GETs change things, so that calls which a web page could cause are refused (Host,
 * Origin and Sec-Fetch-Site are looked at).
 */
export class Gate {
  private readonly trusted = new BlockList();

  constructor(
    private readonly options: GateOptions,
    private readonly authentication: Authentication,
  ) {
    for (const entry of options.openCidrs) this.trust(entry);
  }

  get isOpen(): boolean {
    return this.options.mode === 'open';
  }

  /** The caller: by credential, or in open mode `own`. Errors: `unauthenticated`, `forbidden`. */
  async authenticate(
    request: Request,
    need: Need,
    own: () => Promise<Principal>,
  ): Promise<Principal> {
    if (this.isOpen) {
      this.checkTrusted(request);
      return own();
    }
    const presented = credentialOf(request);
    if (need === 'nothing')
      return presented ? this.authentication.identify(presented).catch(nobodyIfRefused) : NOBODY;
    if (!presented)
      throw new DomainError(
        'unauthenticated',
        'A credential is needed: ?token=, Authorization, or "auth" in the body.',
      );
    return requireNeed(await this.authentication.identify(presented), need);
  }

  /**
   * Is this call from where open mode answers to? Errors: `forbidden`. In guarded mode any place is
   * good.
   */
  checkTrusted(request: Request): void {
    if (!this.isOpen) return;
    const address = (request.ip ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    if (!this.trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
      throw new DomainError('forbidden', 'This API does not answer to your address.');
    if (!this.options.hosts.includes(request.hostname))
      throw new DomainError('forbidden', 'This API does not answer under that host name.');
    const site = request.get('Sec-Fetch-Site');
    const origin = request.get('Origin');
    if (
      (site !== undefined && site !== 'same-origin' && site !== 'none') ||
      (origin !== undefined && !this.isOwnOrigin(origin))
    ) {
      throw new DomainError('forbidden', 'Calls from other web sites are refused.');
    }
  }

  private isOwnOrigin(origin: string): boolean {
    return URL.canParse(origin) && this.options.hosts.includes(new URL(origin).hostname);
  }

  private trust(entry: string): void {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) this.trusted.addAddress(address, family);
    else this.trusted.addSubnet(address, Number(bits), family);
  }
}

/** Whose credential is refused is nobody; that it cannot be looked up now says nothing of it. */
function nobodyIfRefused(error: unknown): Principal {
  if (error instanceof DomainError && error.code === 'unauthenticated') return NOBODY;
  throw error;
}

/** Errors: `forbidden` where the credential does not reach. */
function requireNeed(principal: Principal, need: Scope): Principal {
  if (need === 'admin' ? !isAdmin(principal) : !principal.scopes.includes(need))
    throw new DomainError('forbidden', `This needs the scope ${need}.`);
  return principal;
}

/**
 * Express answers HEAD by GET, and some GETs of the seed APIs do something. Errors:
 * `method_not_allowed`.
 */
export function refuseHead({ method }: Request): void {
  if (method === 'HEAD') throw new DomainError('method_not_allowed', 'Use GET.');
}

/**
 * What the caller shows: `?token=`, Authorization (Bearer or Basic), or `auth: {userid, password}`
 * in the body.
 */
export function credentialOf(request: Request): PresentedCredential | null {
  const { token } = request.query;
  if (typeof token === 'string') return { token };
  return presentedCredential(request) ?? authOf(request.body);
}

function authOf(body: unknown): PresentedCredential | null {
  const { userid, password } =
    (body as { auth?: { userid?: unknown; password?: unknown } | null } | null | undefined)?.auth ??
    {};
  // Looked at before any schema: a list so deep that making a number of it fails is nobody's
  // number.
  const isNumber =
    (typeof userid === 'string' || typeof userid === 'number') &&
    /^[1-9]\d{0,8}$/.test(String(userid));
  return isNumber && typeof password === 'string' ? { vmNumber: Number(userid), password } : null;
}
