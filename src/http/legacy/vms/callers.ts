import type { Request } from 'express';
import { DomainError } from '../../../domain/errors';
import type { Principal, Scope } from '../../../domain/people/user';
import { isVmUser } from '../../../domain/people/vm-people';
import type { Services } from '../../../service/services';
import { NOBODY } from '../../authenticate';
import { credentialOf, type Gate } from '../gate';
import { refused } from './responses';

/**
 * Who calls the VM reservation API. `auth` in the body is its credential in every mode, for
 * everything but the reads; tokens and Basic do as well.
 */
export class VmCallers {
  constructor(
    private readonly services: Services,
    private readonly gate: Gate,
  ) {}

  /** Anybody; NOBODY without a good credential. */
  readonly anybody = async (request: Request): Promise<Principal> => {
    this.gate.checkTrusted(request);
    const presented = credentialOf(request);
    return presented
      ? this.services.authentication.identify(presented).catch(() => NOBODY)
      : NOBODY;
  };

  /** Who may read what is personal: in open mode anybody. */
  readonly reader = async (request: Request): Promise<Principal> =>
    this.gate.isOpen ? this.anybody(request) : this.withScope(request, 'read');

  readonly borrower = (request: Request): Promise<Principal> => this.withScope(request, 'reserve');

  /** Who changes a user: themselves, or an admin. */
  readonly person = (request: Request): Promise<Principal> => this.withScope(request, 'self');

  readonly admin = async (request: Request): Promise<Principal> => {
    this.gate.checkTrusted(request);
    const principal = await this.identify(request);
    if (!(await this.services.vmPeople.isAdmin(principal))) throw refused();
    return principal;
  };

  /**
   * Who adds a user: an admin, or NOBODY, who may make the first one; for that guarded mode wants
   * the setup token.
   */
  readonly adder = async (request: Request): Promise<Principal> => {
    if (credentialOf(request)) return this.admin(request);
    this.gate.checkTrusted(request);
    const { vmPeople } = this.services;
    const mayBegin = this.gate.isOpen || vmPeople.isSetupToken(setupTokenOf(request));
    if (!mayBegin || !(await vmPeople.isEmpty())) throw this.missing();
    return NOBODY;
  };

  /** May the caller see who holds what? */
  seesHolders(principal: Principal): boolean {
    return this.gate.isOpen || principal.scopes.includes('read');
  }

  /** May the caller empty what others made? */
  async mayClear(principal: Principal): Promise<boolean> {
    return (
      this.gate.isOpen ||
      (principal !== NOBODY && (await this.services.vmPeople.isAdmin(principal)))
    );
  }

  /** No credential: a 400 as documented, or in guarded mode a 401. */
  missing(): DomainError {
    return this.gate.isOpen
      ? new DomainError('invalid', 'auth parameters missing', 'auth')
      : refused();
  }

  private async withScope(request: Request, scope: Scope): Promise<Principal> {
    this.gate.checkTrusted(request);
    const principal = await this.identify(request);
    if (!principal.scopes.includes(scope)) throw refused();
    return principal;
  }

  private async identify(request: Request): Promise<Principal> {
    const { authentication, engine } = this.services;
    const presented = credentialOf(request);
    if (!presented) throw this.missing();
    const unknown =
      'vmNumber' in presented &&
      !isVmUser(await engine.store.read.userByVmNumber(presented.vmNumber));
    if (unknown) throw new DomainError('invalid', 'Invalid user', 'auth.userid');
    return authentication.identify(presented);
  }
}

/** As a header or in the body, never in the query. */
function setupTokenOf(request: Request): string {
  const { setupToken } = (request.body ?? {}) as { setupToken?: unknown };
  return request.get('X-Setup-Token') ?? (typeof setupToken === 'string' ? setupToken : '');
}
