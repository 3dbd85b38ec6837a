import { utils } from 'ssh2';
import type { Call, Details, Target } from '../driver';
import { DriverError } from '../driver';
import type { RunIn } from '../ssh-login/logins';
import { hostName } from '../ssh-login/names';
import type { Login } from '../ssh-login/ssh';
import { fingerprintOf } from '../ssh-login/connection';
import { runOverSsh } from '../ssh-login/session';
import { hostKeyWithin } from '../ssh-login/ssh';
import { GuestAgent } from './agent';
import { AcceleratorError, pause } from './faults';
import type { Guest, Guests } from './guests';
import { stateOf } from './monitor';
import { adminLogin, givenHostKey } from './seed';
import type { QemuSettings } from './settings';

/** How long SSH may stay silent until we look whether the guest still runs, in ms. */
const LOOK_EVERY = 500;
/** QEMU's name for the state of a guest whose accelerator failed (QAPI schema, `RunState`). */
const FAILED = 'internal-error';
/** Ends when cloud-init has: it writes this file then. */
const UNTIL_SEEDED = [
  '/bin/sh',
  '-c',
  'until [ -e /run/cloud-init/result.json ]; do sleep 0.2; done',
];

/** The ways into guests: for their holders by SSH, and for Holdfast, which may do everything. */
export class Reach {
  /** Runs a command as root in a guest: by its agent, or by SSH as the user of its seed. */
  readonly runIn: RunIn<Guest>;

  constructor(
    private readonly guests: Guests,
    private readonly settings: QemuSettings,
  ) {
    this.runIn = settings.login === 'agent' ? byAgent : (...args) => this.bySsh(...args);
  }

  /** The details for the holder; `hostKey` is the key that the SSH server presents. */
  details(guest: Guest, hostKey: string, { name, type }: Target): Details {
    const { address, advertiseHost } = this.settings;
    return {
      hostname: hostName(name, 'vm'),
      host: advertiseHost ?? address,
      port: guest.port,
      hostKey,
      powerState: 'running',
      type,
    };
  }

  /**
   * Waits until a guest that was just started can be reached in both ways, for `startTimeoutMs` at
   * most. Returns its host key. Errors: AcceleratorError if KVM cannot run it; DriverError
   * (resource) if it ends, or does not answer.
   */
  async untilReady(guest: Guest, target: Target, call: Call): Promise<string> {
    const { startTimeoutMs } = this.settings;
    const done = new AbortController();
    const time = AbortSignal.any([call.signal, AbortSignal.timeout(startTimeoutMs)]);
    const within = AbortSignal.any([time, done.signal]);
    const failed = this.untilFailed(guest, within);
    try {
      return await Promise.race([this.untilReached(guest, target, within), failed]);
    } finally {
      done.abort();
    }
  }

  /** Rejects with AcceleratorError if QEMU stops the guest before `signal` aborts. */
  private async untilFailed({ folder }: Guest, signal: AbortSignal): Promise<never> {
    while (!signal.aborted) {
      if ((await stateOf(folder, signal).catch(() => null)) === FAILED)
        throw new AcceleratorError();
      await pause(LOOK_EVERY, signal);
    }
    return new Promise(() => undefined);
  }

  private async untilReached(guest: Guest, target: Target, within: AbortSignal): Promise<string> {
    const { login } = this.settings;
    if (login === 'cloud-init') return this.untilSeeded(guest, within);
    const naming = ['/bin/sh', '-c', 'hostname "$0"', hostName(target.name, 'vm')];
    await GuestAgent.talk(guest.folder, within, (agent) => agent.run(naming, ''));
    return this.untilSshAnswers(guest, within);
  }

  private async untilSshAnswers(guest: Guest, signal: AbortSignal): Promise<string> {
    for (;;) {
      if (!(await this.guests.isRunning(guest.handle)))
        throw new DriverError('resource', 'The virtual machine ended before SSH answered.');
      const hostKey = await hostKeyWithin(LOOK_EVERY, this.guests.endpoint(guest), signal);
      if (hostKey !== null) return hostKey;
    }
  }

  /**
   * An SSH server may answer before cloud-init has given it the key, or made the user; and until
   * cloud-init has finished, it may start the server again.
   */
  private async untilSeeded(guest: Guest, signal: AbortSignal): Promise<string> {
    const { hostKey } = await seedOf(guest);
    for (;;) {
      const isGiven = (await this.untilSshAnswers(guest, signal)) === hostKey;
      if (isGiven && (await this.isSeeded(guest, signal))) return hostKey;
      await pause(LOOK_EVERY, signal);
    }
  }

  private isSeeded(guest: Guest, signal: AbortSignal): Promise<boolean> {
    return this.runIn(guest, UNTIL_SEEDED, [], signal).then(
      (status) => status === 0,
      () => false,
    );
  }

  private async bySsh(...[guest, command, lines, signal]: Parameters<RunIn<Guest>>) {
    const way = { endpoint: this.guests.endpoint(guest), ...(await seedOf(guest)) };
    const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    return runOverSsh(way, `sudo -n ${quoted.join(' ')}`, inputOf(lines), signal);
  }
}

const byAgent: RunIn<Guest> = ({ folder }, command, lines, signal) =>
  GuestAgent.talk(folder, signal, (agent) => agent.run(command, inputOf(lines)));

/** The empty line ends it for a command that does not see its input end. */
function inputOf(lines: string[]): string {
  return `${lines.join('\n')}\n\n`;
}

async function seedOf({ folder }: Guest): Promise<{ login: Login; hostKey: string }> {
  const key = utils.parseKey(await givenHostKey(folder));
  if (key instanceof Error)
    throw new DriverError('resource', "The guest's host key cannot be read.", { cause: key });
  return { login: await adminLogin(folder), hostKey: fingerprintOf(key.getPublicSSH()) };
}
