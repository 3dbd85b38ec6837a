import { utils } from 'ssh2';
import type { Call, RandomSource } from '../driver';
import { DriverError } from '../driver';
import type { Grant } from './access';
import { controlName, grantLines } from './access';
import type { Containers } from './containers';
import { runIn } from './exec';
import type { DockerSettings } from './settings';
import type { Endpoint, Login } from './ssh';
import { tryLogin } from './ssh';

const PASSWORD_BYTES = 18;
/** The grant command's way of saying that a later attempt has been here. */
const SUPERSEDED = 73;

/** Opens and ends logins in containers, and proves by logging in what holds. */
export class Logins {
  constructor(
    private readonly containers: Containers,
    private readonly settings: DockerSettings,
    private readonly random: RandomSource,
  ) {}

  /** Grants a login in the container, or throws a DriverError. */
  async grant(id: string, grant: Grant, call: Call): Promise<void> {
    const { docker } = this.containers;
    const status = await runIn(docker, id, this.settings.grantCommand, grantLines(grant, call), call.signal);
    if (status === SUPERSEDED) throw new DriverError('resource', 'A later attempt has been here.');
    if (status !== 0) throw new DriverError('resource', `Granting a login ended with status ${status}.`);
  }

  /** Ends one user's login and sessions, or (null) those of everybody who was ever granted one. */
  async revoke(id: string, username: string | null, call: Call): Promise<void> {
    const line = username === null ? 'all' : `user ${username}`;
    const status = await runIn(this.containers.docker, id, this.settings.revokeCommand, [line], call.signal);
    if (status !== 0) throw new DriverError('resource', `Revoking a login ended with status ${status}.`);
  }

  /** Throws unless the endpoint lets this login in. */
  async demandAccepted(endpoint: Endpoint, login: Login, call: Call): Promise<void> {
    if ((await tryLogin(endpoint, login, call.signal)) !== 'accepted') throw new DriverError('resource', 'SSH refuses a login that was just granted.');
  }

  /** Throws unless the endpoint itself turns this login down. */
  async demandRefused(endpoint: Endpoint, login: Login, call: Call): Promise<void> {
    if ((await tryLogin(endpoint, login, call.signal)) !== 'refused') throw new DriverError('resource', 'SSH still accepts a login that was revoked.');
  }

  /**
   * A user of our own gets in (with a key, where holders do) and is gone afterwards. It shows that the endpoint is
   * this container's and answers about logins, so that a refusal seen there means something.
   */
  async control(id: string, endpoint: Endpoint, call: Call, by: 'password' | 'key' = 'password'): Promise<Login> {
    const username = controlName(call);
    const keys = by === 'key' ? utils.generateKeyPairSync('ed25519') : null;
    const login: Login = keys ? { username, privateKey: keys.private } : { username, password: this.random.secret(PASSWORD_BYTES) };
    try {
      await this.grant(id, { username, ...(keys ? { publicKey: keys.public } : { password: login.password }) }, call);
      await this.demandAccepted(endpoint, login, call);
    } finally {
      await this.revoke(id, username, call);
    }
    return login;
  }
}
