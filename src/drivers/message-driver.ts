import type { Capabilities } from '../domain/lifecycle/operation';
import type { AccessWish } from '../domain/loans/reservation';
import type {
  Call,
  CredentialSecret,
  Driver,
  DriverEnv,
  DiscoveredResource,
  HealthCheck,
  ProvisionResult,
  Target,
} from './driver';
import { DriverError } from './driver';
import { reasonFrom, secretsIn, type CallName, type CallRequest, type Replies } from './messages';
import { hiding } from './redaction';

/** The characters of an operation's id, from its end, that a made-up name has. */
const NAME_SUFFIX = 12;
const PASSWORD_BYTES = 18;

/** Carries messages to the other side. */
export interface Transport {
  /** Is there an other side for this call? */
  has(name: CallName): boolean;
  /** Sends one call, and gives its answer. Errors: DriverError. */
  ask<N extends CallName>(name: N, request: CallRequest, call: Call): Promise<Replies[N]>;
  /** Sends the call `list`, and gives its answer in pieces. Errors: DriverError. */
  list(request: CallRequest, call: Call): AsyncIterable<DiscoveredResource[]>;
  close(): Promise<void>;
}

/** Passes each call on as a message; the other side keeps the contract of drivers. */
export class MessageDriver implements Driver {
  constructor(
    readonly capabilities: Capabilities,
    private readonly transport: Transport,
    private readonly env: DriverEnv,
  ) {}

  /** Without a command for it, the resource was imported: it is adopted as it is. */
  async provision(target: Target, call: Call): Promise<ProvisionResult> {
    if (!this.transport.has('provision'))
      return { handle: target.handle ?? target.resourceId, details: {} };
    return this.ask('provision', call, { target });
  }

  async verify(
    target: Target,
    credential: CredentialSecret | null,
    call: Call,
  ): Promise<HealthCheck> {
    const found = await this.ask('verify', call, { target, credential });
    if (found.ok) return found;
    const hide = hiding(secretsIn(this.request('verify', call, { credential })));
    return { ok: false, reason: reasonFrom(found.reason, hide) };
  }

  clean(target: Target, credential: CredentialSecret | null, call: Call): Promise<ProvisionResult> {
    return this.ask('clean', call, { target, credential });
  }

  async issueCredential(
    target: Target,
    current: CredentialSecret | null,
    call: Call,
  ): Promise<CredentialSecret> {
    return (await this.ask('issueCredential', call, { target, current })).credential;
  }

  async retireCredential(
    target: Target,
    old: CredentialSecret,
    current: CredentialSecret,
    call: Call,
  ): Promise<void> {
    await this.ask('retireCredential', call, { target, old, current });
  }

  async checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    const { accepted } = await this.ask('checkCredential', call, { target, credential });
    return accepted ? 'accepted' : 'refused';
  }

  async openAccess(target: Target, wish: AccessWish, call: Call): Promise<CredentialSecret> {
    const full = this.completed(wish, call);
    return (await this.ask('openAccess', call, { target, wish: full })).access;
  }

  async closeAccess(target: Target, access: CredentialSecret | null, call: Call): Promise<void> {
    await this.ask('closeAccess', call, { target, access });
  }

  async destroy(target: Target, call: Call): Promise<void> {
    if (this.transport.has('destroy')) await this.ask('destroy', call, { target });
  }

  async *list(pool: string, call: Call): AsyncGenerator<DiscoveredResource[]> {
    if (!this.transport.has('list')) return;
    requireTime(call);
    yield* this.transport.list(this.request('list', call, { pool }), call);
  }

  async remove(found: DiscoveredResource, call: Call): Promise<void> {
    if (this.transport.has('remove')) await this.ask('remove', call, { found });
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async ask<N extends CallName>(
    name: N,
    call: Call,
    fields: Partial<CallRequest>,
  ): Promise<Replies[N]> {
    requireTime(call);
    if (!this.transport.has(name))
      throw new DriverError('resource', `The settings of the pool name nothing for ${name}.`);
    const reply = await this.transport.ask(name, this.request(name, call, fields), call);
    if ('shown' in reply && reply.shown) call.show(reply.shown);
    return reply;
  }

  private request(operation: CallName, call: Call, fields: Partial<CallRequest>): CallRequest {
    const { operationId, attempt, requestId, traceparent = null } = call;
    const { installation } = this.env;
    return { operation, operationId, attempt, requestId, traceparent, installation, ...fields };
  }

  /** A name and, without a key, a password, so that each side need not make them up. */
  private completed(wish: AccessWish, { operationId }: Call): AccessWish {
    const suffix = operationId
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(-NAME_SUFFIX);
    const username = wish.username ?? `user-${suffix}`;
    const needsPassword = wish.password === undefined && wish.publicKey === undefined;
    return {
      ...wish,
      username,
      ...(needsPassword && { password: this.env.random.secret(PASSWORD_BYTES) }),
    };
  }
}

function requireTime({ signal }: Call): void {
  if (signal.aborted)
    throw new DriverError('resource', 'The deadline had passed before the call began.');
}
