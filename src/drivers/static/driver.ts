import {
  DriverError,
  type Call,
  type CredentialSecret,
  type DiscoveredResource,
  type Driver,
  type HealthCheck,
  type ProvisionResult,
  type Target,
} from '../driver';
import { probe } from './probe';
import { STATIC_CAPABILITIES, type StaticSettings } from './settings';

/** Lends what is listed as it is: it makes, cleans and removes nothing, and can at most look. */
export class StaticDriver implements Driver {
  readonly capabilities = STATIC_CAPABILITIES;

  constructor(private readonly settings: StaticSettings) {}

  /** Adopts the listed resource, under a handle that lasts as long as its row. */
  async provision({ resourceId }: Target, call: Call): Promise<ProvisionResult> {
    requireTime(call);
    return { handle: `listed-${resourceId}`, details: {} };
  }

  /** Asks the resource whether it answers, if a check is set. */
  async verify(
    target: Target,
    _credential: CredentialSecret | null,
    call: Call,
  ): Promise<HealthCheck> {
    requireTime(call);
    const { check } = this.settings;
    if (!check) return { ok: true };
    const inTime = AbortSignal.timeout(check.timeoutMs);
    const reason = await probe(check, target, AbortSignal.any([call.signal, inTime]));
    requireTime(call);
    return reason === null ? { ok: true } : { ok: false, reason };
  }

  async clean(): Promise<ProvisionResult> {
    throw cannot('cleans');
  }

  async issueCredential(): Promise<CredentialSecret> {
    throw cannot('rotates');
  }

  async retireCredential(): Promise<void> {
    throw cannot('rotates');
  }

  async checkCredential(): Promise<'accepted' | 'refused'> {
    throw cannot('tries');
  }

  async openAccess(): Promise<CredentialSecret> {
    throw cannot('opens');
  }

  async closeAccess(): Promise<void> {
    throw cannot('closes');
  }

  /** The thing stays where it is; only its row goes. */
  async destroy(_target: Target, call: Call): Promise<void> {
    requireTime(call);
  }

  /** Nothing outside bears a label. */
  async *list(_pool: string, call: Call): AsyncGenerator<DiscoveredResource[]> {
    requireTime(call);
  }

  async remove(_found: DiscoveredResource, call: Call): Promise<void> {
    requireTime(call);
  }

  async close(): Promise<void> {}
}

function requireTime({ signal }: Call): void {
  if (signal.aborted) throw new DriverError('resource', 'The call was stopped at its deadline.');
}

function cannot(what: string): DriverError {
  return new DriverError('resource', `The driver static ${what} nothing.`);
}
