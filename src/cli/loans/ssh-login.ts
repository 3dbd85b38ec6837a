import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeldResource, Reservation } from '../../client';
import { Refusal } from '../exit-codes';
import { plain } from '../plain';

/** A login over SSH as a loan has it. */
export interface Login {
  host: string;
  port: number;
  username: string;
  /** A key as OpenSSH writes it, or its fingerprint, `SHA256:…`. */
  hostKey: string;
  password?: string;
  /** Without both, the holder has a key of their own. */
  privateKey?: string;
}

/**
 * A first character that would make an option of it, and whatever means something to a shell: a
 * `ProxyCommand` of the user may have `%h` and `%r`, and older ssh passes both on as they are.
 */
const UNSAFE = /[\p{C}\s'"`$\\;&|<>(){}*?!#,]|^-/u;

/**
 * The login of a loan; `named` picks a resource by name or id. Errors: Refusal `lost` if it is over,
 * `missing` if it is not active yet, or has no such resource or login, `usage` if it has several.
 */
export function loginOf({ id, resources, status }: Reservation, named: string | undefined): Login {
  if (status === 'ended') throw new Refusal('lost', 'This loan is over.');
  if (status !== 'active')
    throw new Refusal('missing', `It is ${status}; first run \`holdfast wait ${id}\`.`);
  const fitting = resources.filter(
    (resource) => named === undefined || resource.name === named || resource.id === named,
  );
  const logins = fitting.map(loginTo).filter((login) => login !== null);
  if (logins.length > 1)
    throw new Refusal(
      'usage',
      `Name one with --resource: ${fitting.map(({ name }) => name).join(', ')}.`,
    );
  if (logins[0] === undefined)
    throw new Refusal('missing', 'This loan has no login over SSH whose host key is known.');
  return logins[0];
}

function loginTo({ details, credentials }: HeldResource): Login | null {
  const {
    host,
    port = 22,
    username,
    user,
    hostKey,
    password,
    privateKey,
  } = {
    ...details,
    ...credentials,
  } as Record<string, string | number | undefined>;
  const name = username ?? user;
  if (!host || !name || !hostKey || credentials === null) return null;
  if ([host, name].some((text) => UNSAFE.test(String(text)))) return null;
  return {
    ...{ host: String(host), port: Number(port), username: String(name) },
    // One line of known_hosts.
    hostKey: plain(String(hostKey)),
    ...(password !== undefined && { password: String(password) }),
    ...(privateKey !== undefined && { privateKey: String(privateKey) }),
  };
}

/** Files for one run of ssh, for our user only. */
export class LoginFiles implements Disposable {
  private readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-ssh-'));
  private readonly written: string[] = [];

  /** `key`: that of the host, as OpenSSH writes it. */
  constructor(
    private readonly login: Login,
    key: string,
  ) {
    const { privateKey, password } = login;
    // A name of our own, so that neither host nor port has to be spelled as OpenSSH does.
    this.write('known_hosts', `${ALIAS} ${key}\n`);
    if (privateKey !== undefined) this.write('key', `${privateKey.trimEnd()}\n`);
    if (password === undefined) return;
    this.write('password', `${password}\n`);
    this.write('askpass', '#!/bin/sh\nexec cat "${0%/*}/password"\n', 0o700);
  }

  get paths(): readonly string[] {
    return this.written;
  }

  /** The arguments of ssh, which hold no secret; the command is read by the shell of the host. */
  words(command: readonly string[]): string[] {
    const { host, port, username, privateKey, password } = this.login;
    const options = [
      `UserKnownHostsFile=${quoted(this.path('known_hosts'))}`,
      'GlobalKnownHostsFile=/dev/null',
      `HostKeyAlias=${ALIAS}`,
      'StrictHostKeyChecking=yes',
      'UpdateHostKeys=no',
      // A connection that is kept open may lead to the thing of an earlier loan.
      ...['ControlMaster=no', 'ControlPath=none'],
      ...(privateKey === undefined
        ? []
        : [`IdentityFile=${quoted(this.path('key'))}`, 'IdentitiesOnly=yes', 'IdentityAgent=none']),
      ...(password === undefined
        ? []
        : [
            'PreferredAuthentications=password,keyboard-interactive',
            'PubkeyAuthentication=no',
            'NumberOfPasswordPrompts=1',
          ]),
    ];
    const flags = options.flatMap((option) => ['-o', option]);
    return [...flags, '-p', String(port), '-l', username, '--', host, ...command];
  }

  /** The variables by which ssh asks us, and nobody else, for the password. */
  get variables(): Record<string, string> {
    if (this.login.password === undefined) return {};
    const askpass = { SSH_ASKPASS: this.path('askpass'), SSH_ASKPASS_REQUIRE: 'force' };
    return { ...askpass, DISPLAY: ':0' };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private path(name: string): string {
    return join(this.folder, name);
  }

  private write(name: string, text: string, mode = 0o600): void {
    writeFileSync(this.path(name), text, { mode, flag: 'wx' });
    this.written.push(this.path(name));
  }
}

const ALIAS = 'holdfast-loan';

/** For a value of ssh_config, where a percent sign begins a token. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
