import type { Call, RandomSource, Target } from '../driver';
import { DriverError } from '../driver';
import type { Grant } from './access';
import { controlName, grantLines, revokeLines } from './access';
import type { Containers } from './containers';
import { runIn } from './exec';
import { keyPair } from './key-pair';
import type { DockerSettings } from './settings';
import type { Endpoint, Login } from './ssh';
import { tryLogin } from './ssh';

const PASSWORD_BYTES = 18;
/**
 * The commands' way of saying that a later operation, or a later attempt of this one, has been
 * here.
 */
const SUPERSEDED = 73;

/** The call comes late: somebody has gone on from here, and there is nothing left to do for it. */
export class SupersededError extends DriverError {
  constructor() {
    super('resource', 'A later operation or attempt has been here.');
  }
}

/** Opens and ends logins in containers, and proves by logging in what holds. */
export class Logins {
  constructor(
    private readonly containers: Containers,
    private readonly settings: DockerSettings,
    private readonly random: RandomSource,
  ) {}

  /**
   * Grants a login in the container. Errors: SupersededError where the call comes late, else a
   * DriverError.
   */
  grant(id: string, grant: Grant, target: Target, call: Call): Promise<void> {
    return this.run(id, this.settings.grantCommand, grantLines(grant, target, call), call);
  }

  /**
   * Ends one user's login and sessions, or (null) those of everybody who was ever granted one.
   * Errors: as `grant`.
   */
  revoke(id: string, username: string | null, target: Target, call: Call): Promise<void> {
    return this.run(id, this.settings.revokeCommand, revokeLines(username, target, call), call);
  }

  /** Throws unless the endpoint lets this login in. */
  async demandAccepted(endpoint: Endpoint, login: Login, call: Call): Promise<void> {
    if ((await tryLogin(endpoint, login, call.signal)) !== 'accepted')
      throw new DriverError('resource', 'SSH refuses a login that was just granted.');
  }

  /** Throws unless the endpoint itself turns this login down. */
  async demandRefused(endpoint: Endpoint, login: Login, call: Call): Promise<void> {
    if ((await tryLogin(endpoint, login, call.signal)) !== 'refused')
      throw new DriverError('resource', 'SSH still accepts a login that was revoked.');
  }

  /**
   * A user of our own gets in (with a key, where holders do) and is gone afterwards. It shows that
   * the endpoint is this container's and answers about logins, so that a refusal seen there means
   * something.
   */
  async control(
    id: string,
    endpoint: Endpoint,
    target: Target,
    call: Call,
    by: 'password' | 'key' = 'password',
  ): Promise<Login> {
    const username = controlName(call);
    const keys = by === 'key' ? keyPair() : null;
    const login: Login = keys
      ? { username, privateKey: keys.private }
      : { username, password: this.random.secret(PASSWORD_BYTES) };
    try {
      await this.grant(
        id,
        { username, ...(keys ? { publicKey: keys.public } : { password: login.password }) },
        target,
        call,
      );
      await this.demandAccepted(endpoint, login, call);
    } finally {
      await this.revoke(id, username, target, call);
    }
    return login;
  }

  private async run(id: string, command: string[], lines: string[], call: Call): Promise<void> {
    const status = await runIn(this.containers.docker, id, command, lines, call.signal);
    if (status === SUPERSEDED) throw new SupersededError();
    if (status !== 0)
      throw new DriverError('resource', `${command[0]} ended with status ${status}.`);
  }
}
