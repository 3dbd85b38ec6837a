import { DriverError, type Call, type DriverEnv, type Target } from '../driver';
import type { Endpoint, Login } from '../ssh-login/connection';
import { orderOf } from '../ssh-login/grants';
import { SupersededError } from '../ssh-login/logins';
import { shortId } from '../ssh-login/names';
import { withSession, type RunCommand } from '../ssh-login/session';
import { controlLogin, endpointOf } from './entry';
import { parseInventory, printable, type Inventory } from './inventory';
import { commandFor, inputFor, type Verb } from './script';
import type { SshSettings } from './settings';

/** Exit statuses of the script. */
const SUPERSEDED = 73;
const RESOURCE_FAULTS = [74, 77];

/** A call on the host of a target, with everything that it needs to know. */
export interface HostCall {
  target: Target;
  call: Call;
  settings: SshSettings;
  env: DriverEnv;
  /** The time, in epoch ms. */
  now: () => number;
}

/** The host of one call: its address, and our login there. */
export interface Way {
  endpoint: Endpoint;
  login: Login;
}

/** A search of a host. */
export interface Search {
  /** Removed because it belonged to a holder. */
  removed: string[];
  /** Belongs to a holder, and could not be removed. */
  left: string[];
  inventory: Inventory;
}

/** The way to a target's host. Errors: DriverError, as `controlLogin` and `endpointOf`. */
export function wayTo(target: Target, settings: SshSettings): Way {
  return { endpoint: endpointOf(target, settings), login: controlLogin(settings) };
}

/**
 * Goes to a target's host as the user of the settings, and lets `work` call our script there. Errors:
 * DriverError, those of `work`.
 */
export function onHost<T>(
  { target, call, settings, env }: HostCall,
  work: (host: Host) => Promise<T>,
): Promise<T> {
  const { endpoint, login } = wayTo(target, settings);
  return withSession(endpoint, login, call.signal, (run, key) => {
    const words = wordsOf(target, call, settings, env.installation);
    return work(new Host(run, { endpoint, key }, settings, words));
  });
}

/** The words that every call of the script begins with. */
function wordsOf(
  target: Target,
  call: Call,
  { userNumbers, groups, holdersBecomeRoot }: SshSettings,
  installation: string,
): string[] {
  const mayBecomeRoot = holdersBecomeRoot || groups.length > 0;
  return [
    shortId(installation),
    shortId(target.resourceId),
    orderOf(target, call),
    String(call.attempt),
    String(userNumbers.from),
    String(userNumbers.to),
    mayBecomeRoot ? 'shown' : 'ignored',
  ];
}

/** A host that we are logged in at. Every method fails with a DriverError. */
export class Host {
  private readonly roots: string;

  constructor(
    private readonly runCommand: RunCommand,
    /** Its address, and the key that it has shown. */
    readonly server: { endpoint: Endpoint; key: Buffer },
    private readonly settings: SshSettings,
    private readonly words: readonly string[],
  ) {
    this.roots = settings.roots.join(' ');
  }

  /** Takes the host for this resource; returns its inventory, which is made the first time. */
  async take(): Promise<Inventory> {
    return searchIn(await this.ask('take', [this.roots])).inventory;
  }

  /** The inventory that was made when the host was taken, as the host has kept it. */
  async known(): Promise<Inventory> {
    return searchIn(await this.ask('known')).inventory;
  }

  /** Errors: DriverError if the host has not been taken for this resource. */
  async requireTaken(): Promise<void> {
    await this.ask('taken');
  }

  /** Ends every login of the resource, then makes a user with this mark; `secrets` as for `grant`. */
  async open(name: string, mark: string, secrets: readonly string[]): Promise<void> {
    const { groups } = this.settings;
    await this.ask('open', [name, mark, groups.join(','), this.roots], secrets);
  }

  /** Ends every login of the resource, and removes everything that belongs to them. */
  async close(): Promise<string[]> {
    const { removed, left } = searchIn(await this.ask('close', [this.roots]));
    return [...removed, ...left];
  }

  /** Looks at everything. `removing`: removes first what belongs to a holder. */
  async search(how: 'removing' | 'looking'): Promise<Search> {
    return searchIn(await this.ask('search', [this.roots, how]));
  }

  /** The last search has found nothing: the numbers of the users that were are forgotten. */
  async clear(): Promise<void> {
    await this.ask('clear');
  }

  /** Changes whenever the host starts again. */
  async boot(): Promise<string> {
    const [line = ''] = await this.ask('boot');
    return line;
  }

  /** Runs a program as root; returns its exit status. Its output is discarded. */
  async run(command: readonly string[]): Promise<number> {
    const [line = ''] = await this.ask('run', command);
    return Number(line.replace('status ', ''));
  }

  /** Gives the host up. No error if it was never taken. */
  async leave(): Promise<void> {
    await this.ask('leave', [this.roots]);
  }

  private async ask(
    verb: Verb,
    words: readonly string[] = [],
    lines: readonly string[] = [],
  ): Promise<string[]> {
    const command = commandFor([verb, ...this.words, ...words], this.settings.sudo);
    const { status, output } = await this.runCommand(command, inputFor(lines));
    const answer = output.split('\n').filter((line) => line !== '');
    if (status === 0) return answer;
    if (status === SUPERSEDED) throw new SupersededError();
    const why = answer.findLast((line) => line.startsWith('fail '))?.slice('fail '.length);
    if (RESOURCE_FAULTS.includes(status) && why !== undefined)
      throw new DriverError('resource', `On the host: ${printable(why)}.`);
    const hint = this.settings.sudo ? '; may the user of the settings use sudo -n?' : '';
    throw new DriverError('resource', `On the host, ${verb} ended with status ${status}${hint}`);
  }
}

function searchIn(lines: readonly string[]): Search {
  const at = lines.indexOf('inventory');
  const said = at === -1 ? lines : lines.slice(0, at);
  const after = (word: string) =>
    said.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length));
  return {
    removed: after('removed '),
    left: after('left '),
    inventory: parseInventory(at === -1 ? [] : lines.slice(at + 1)),
  };
}
