import type { Call, RandomSource, Target } from '../driver';
import { DriverError } from '../driver';
import type { Grant } from './grants';
import { controlName, grantLines, revokeLines } from './grants';
import { keyPair } from './key-pair';
import type { Endpoint, Login } from './ssh';
import { askForLogin, tryLogin } from './ssh';

const PASSWORD_BYTES = 18;
/**
 * Exit status of the commands if a later operation, or a later attempt of this one, has run.
 */
const SUPERSEDED = 73;

/** The call is late: a later operation has taken its place, and nothing is left to do for it. */
export class SupersededError extends DriverError {
  constructor() {
    super('resource', 'A later operation or attempt has already run.');
  }
}

/** A temporary user of our own, and the logins that they may be granted. */
interface Guest {
  grant: Grant;
  password: Login;
  key: Login;
}

/**
 * Runs a command as root in a place with `lines` and an empty line on stdin; returns its exit
 * status. Errors: DriverError.
 */
export type RunIn<Place> = (
  place: Place,
  command: string[],
  lines: string[],
  signal: AbortSignal,
) => Promise<number>;

/** The commands that open and end logins; scripts/ssh-image shows what they read from stdin. */
export interface LoginCommands {
  grantCommand: string[];
  revokeCommand: string[];
}

/**
 * Opens and revokes logins in places such as containers, and proves the result by logging in. The
 * driver says how a place is named.
 */
export class Logins<Place> {
  constructor(
    private readonly runIn: RunIn<Place>,
    private readonly commands: LoginCommands,
    private readonly random: RandomSource,
  ) {}

  /**
   * Grants a login in a place. Errors: SupersededError if the call is late, else a
   * DriverError.
   */
  grant(place: Place, grant: Grant, target: Target, call: Call): Promise<void> {
    return this.run(place, this.commands.grantCommand, grantLines(grant, target, call), call);
  }

  /**
   * Revokes one user's login and ends their sessions; with null, those of everybody who was ever
   * granted one. Errors: as `grant`.
   */
  revoke(place: Place, username: string | null, target: Target, call: Call): Promise<void> {
    return this.run(place, this.commands.revokeCommand, revokeLines(username, target, call), call);
  }

  /** Returns the host key. Errors: DriverError unless the endpoint accepts this login. */
  async requireAccepted(endpoint: Endpoint, login: Login, call: Call): Promise<string> {
    const { answer, hostKey } = await askForLogin(endpoint, login, call.signal);
    if (answer !== 'accepted')
      throw new DriverError('resource', 'SSH refuses a login that was just granted.');
    return hostKey;
  }

  /** Errors: DriverError unless the endpoint itself refuses this login. */
  async requireRefused(endpoint: Endpoint, login: Login, call: Call): Promise<void> {
    if ((await tryLogin(endpoint, login, call.signal)) !== 'refused')
      throw new DriverError('resource', 'SSH still accepts a login that was revoked.');
  }

  /**
   * Logs in as a temporary user of our own, with a password or a key, and removes that user. Proves
   * that the endpoint belongs to this place and decides about logins, without which a refusal
   * seen there would prove nothing. Returns the host key.
   */
  control(
    place: Place,
    endpoint: Endpoint,
    target: Target,
    call: Call,
    by: 'password' | 'key' = 'password',
  ): Promise<string> {
    const guest = this.newGuest(call, [by]);
    return this.asGuest(place, endpoint, guest, guest[by], target, call);
  }

  /**
   * Logs in as a temporary user of our own, removes that user, and finds them refused. In a fresh
   * place, which nobody else knows, they also have a key: servers refuse a key at once, but a
   * password only after a pause. Returns the host key.
   */
  async prove(
    place: Place,
    endpoint: Endpoint,
    target: Target,
    call: Call,
    isFresh: boolean,
  ): Promise<string> {
    const guest = this.newGuest(call, isFresh ? ['password', 'key'] : ['password']);
    const hostKey = await this.asGuest(place, endpoint, guest, guest.password, target, call);
    await this.requireRefused(endpoint, isFresh ? guest.key : guest.password, call);
    return hostKey;
  }

  private newGuest(call: Call, by: readonly ('password' | 'key')[]): Guest {
    const username = controlName(call);
    const keys = keyPair();
    const password = this.random.secret(PASSWORD_BYTES);
    return {
      grant: {
        username,
        ...(by.includes('password') && { password }),
        ...(by.includes('key') && { publicKey: keys.public }),
      },
      password: { username, password },
      key: { username, privateKey: keys.private },
    };
  }

  private async asGuest(
    place: Place,
    endpoint: Endpoint,
    { grant }: Guest,
    login: Login,
    target: Target,
    call: Call,
  ): Promise<string> {
    try {
      await this.grant(place, grant, target, call);
      return await this.requireAccepted(endpoint, login, call);
    } finally {
      await this.revoke(place, grant.username, target, call);
    }
  }

  private async run(place: Place, command: string[], lines: string[], call: Call): Promise<void> {
    const status = await this.runIn(place, command, lines, call.signal);
    if (status === SUPERSEDED) throw new SupersededError();
    if (status !== 0)
      throw new DriverError('resource', `${command[0]} ended with status ${status}.`);
  }
}
