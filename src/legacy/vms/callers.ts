import type { Request } from 'express';
import { DomainError } from '../../domain/errors';
import type { Principal, Scope } from '../../domain/people/user';
import { attemptOf, NOBODY } from '../../http/authenticate';
import { credentialOf, showsCredential } from '../presented-credentials';
import type { Gate } from '../gate';
import { refused } from './responses';
import type { Services } from '../../service/services';
import { vmServices } from './services';

/**
 * Finds the caller of the VM reservation API. In every mode, all calls but the reads need a
 * credential: `auth` in the body, a token, or Basic.
 */
export class VmCallers {
  constructor(private readonly gate: Gate) {}

  /** The caller, or NOBODY without a credential. Errors: as `Gate.anybody`. */
  readonly anybody = async (request: Request, services: Services): Promise<Principal> => {
    this.gate.checkTrusted(request);
    return this.gate.anybody(request, services);
  };

  /** A caller who may see the inventory and personal data: in open mode anybody. */
  readonly reader = async (request: Request, services: Services): Promise<Principal> =>
    this.gate.isOpen ? this.anybody(request, services) : this.withScope(request, services, 'read');

  readonly borrower = (request: Request, services: Services): Promise<Principal> =>
    this.withScope(request, services, 'reserve');

  /** A caller who may change a user: that user, or an admin. */
  readonly person = (request: Request, services: Services): Promise<Principal> =>
    this.withScope(request, services, 'self');

  readonly admin = async (request: Request, services: Services): Promise<Principal> => {
    this.gate.checkTrusted(request);
    const principal = await this.identify(request, services);
    if (!(await vmServices(services).vmPeople.isAdmin(principal))) throw refused();
    return principal;
  };

  /**
   * A caller who may add a user: an admin, or NOBODY, who may make the first one; guarded mode then
   * asks for the setup token.
   */
  readonly adder = async (request: Request, services: Services): Promise<Principal> => {
    if (showsCredential(request)) return this.admin(request, services);
    this.gate.checkTrusted(request);
    const { vmPeople, users } = vmServices(services);
    const setupToken = setupTokenOf(request);
    if (setupToken !== null) users.checkSetupToken(setupToken, attemptOf(request));
    const mayBegin = this.gate.isOpen || setupToken !== null;
    if (!mayBegin || !(await vmPeople.isEmpty())) throw this.missing();
    return NOBODY;
  };

  /** May the caller remove what others made? */
  async mayClear(services: Services, principal: Principal): Promise<boolean> {
    if (this.gate.isOpen) return true;
    return principal !== NOBODY && (await vmServices(services).vmPeople.isAdmin(principal));
  }

  /** The error for a missing credential: the documented 400, or in guarded mode a 401. */
  missing(): DomainError {
    return this.gate.isOpen
      ? new DomainError('invalid', 'auth parameters missing', 'auth')
      : refused();
  }

  private async withScope(request: Request, services: Services, scope: Scope): Promise<Principal> {
    this.gate.checkTrusted(request);
    const principal = await this.identify(request, services);
    if (!principal.scopes.includes(scope)) throw refused();
    return principal;
  }

  private async identify(request: Request, services: Services): Promise<Principal> {
    const presented = credentialOf(request);
    if (!presented) throw this.missing();
    const { vmPeople } = vmServices(services);
    if ('vmNumber' in presented && !(await vmPeople.find(presented.vmNumber))) {
      const attempt = attemptOf(request);
      attempt.admit();
      attempt.refused();
      throw new DomainError('invalid', 'Invalid user', 'auth.userid');
    }
    return this.gate.identify(request, services);
  }
}

/** The setup token comes in a header or the body, never in the query, which ends up in logs. */
function setupTokenOf(request: Request): string | null {
  const { setupToken } = (request.body ?? {}) as { setupToken?: unknown };
  return request.get('X-Setup-Token') ?? (typeof setupToken === 'string' ? setupToken : null);
}
