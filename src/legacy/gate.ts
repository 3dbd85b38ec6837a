import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Request } from 'express';
import { DomainError } from '../domain/errors';
import { isAdmin, type Principal, type Scope } from '../domain/people/user';
import { addressOf, NOBODY } from '../http/authenticate';
import type { Services } from '../service/services';
import { credentialOf, identify, showsCredential } from './presented-credentials';

/** The access that a call of a legacy API needs in guarded mode: none, or a caller with a scope. */
export type Need = 'nothing' | Scope;

export interface GateOptions {
  mode: 'guarded' | 'open';
  /** Addresses and CIDRs that open mode accepts calls from. */
  openCidrs: readonly string[];
  /** Host names under which open mode accepts calls, without ports. */
  hosts: readonly string[];
}

/**
 * Decides who may call the legacy APIs. In *guarded* mode every call that changes state or shows
 * private data needs a credential. In *open* mode anybody on a trusted network may call, as the
 * API's own system user; Host is checked, because a page can have its own name lead here. Pages of
 * other origins are refused before that (`src/http/web-pages.ts`).
 */
export class Gate {
  private readonly trusted = new BlockList();
  private readonly hosts: ReadonlySet<string>;

  constructor(private readonly options: GateOptions) {
    for (const entry of options.openCidrs) this.trust(entry);
    this.hosts = new Set(options.hosts.map(comparableHost));
  }

  get isOpen(): boolean {
    return this.options.mode === 'open';
  }

  /**
   * Returns the caller by credential; in open mode the caller is `own`, whatever right credential
   * is shown. Errors: `unauthenticated`, `forbidden`, `busy`.
   */
  async authenticate(
    request: Request,
    services: Services,
    need: Need,
    own: () => Promise<Principal>,
  ): Promise<Principal> {
    if (this.isOpen) {
      this.checkTrusted(request);
      await this.anybody(request, services);
      return own();
    }
    if (need === 'nothing') return this.anybody(request, services);
    if (!credentialOf(request))
      throw new DomainError(
        'unauthenticated',
        'A credential is needed: ?token=, Authorization, or "auth" in the body.',
      );
    return requireNeed(await this.identify(request, services), need);
  }

  /**
   * Returns the caller, or NOBODY for a call without a credential. One that is shown has to be
   * right, or the answer would tell a right guess from a wrong one. Errors: as `identify`, and the
   * store's.
   */
  async anybody(request: Request, services: Services): Promise<Principal> {
    return showsCredential(request) ? this.identify(request, services) : NOBODY;
  }

  /**
   * Returns the caller by the credential of the request. Errors: `unauthenticated`, `rate_limited`,
   * `busy`.
   */
  identify(request: Request, services: Services): Promise<Principal> {
    return identify(services, request);
  }

  /**
   * Checks that open mode accepts calls from this address, under this host name; guarded mode
   * accepts them from anywhere.
   * Errors: `forbidden`.
   */
  checkTrusted(request: Request): void {
    if (!this.isOpen) return;
    const address = addressOf(request);
    if (!isIP(address) || !this.trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
      throw new DomainError('forbidden', 'This API does not answer to your address.');
    if (!this.isOwnHost(request.hostname))
      throw new DomainError('forbidden', 'This API does not answer under that host name.');
  }

  /** `host`: undefined where an old client sends none. */
  private isOwnHost(host: string | undefined): boolean {
    return host !== undefined && this.hosts.has(comparableHost(host));
  }

  private trust(entry: string): void {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) this.trusted.addAddress(address, family);
    else this.trusted.addSubnet(address, Number(bits), family);
  }
}

/** A host name without regard to case or the dot of the root, and an IPv6 address unbracketed. */
function comparableHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

function requireNeed(principal: Principal, need: Scope): Principal {
  if (need === 'admin' ? !isAdmin(principal) : !principal.scopes.includes(need))
    throw new DomainError('forbidden', `This needs the scope ${need}.`);
  return principal;
}

/**
 * Refuses HEAD, because Express would answer it by running the GET, and some GETs of the legacy
 * APIs change things. Errors: `method_not_allowed`.
 */
export function refuseHead({ method }: Request): void {
  if (method === 'HEAD') throw new DomainError('method_not_allowed', 'Use GET.');
}
