import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyPair } from '../ssh-login/key-pair';
import { keyPair } from '../ssh-login/key-pair';
import type { Login } from '../ssh-login/ssh';
import { SEED } from './command-line';
import { onMachine } from './faults';

/** The user as which Holdfast reaches into a guest; it may become root. */
export const ADMIN = 'holdfast';
const ADMIN_KEY = 'admin-key';
const HOST_KEY = 'host-key.pub';

/**
 * Makes the seed of cloud-init's source NoCloud in `folder`: a host key of our own, so that the guest
 * is recognised, and a user whose private key stays outside. Errors: DriverError.
 */
export async function makeSeed(folder: string, handle: string, hostname: string): Promise<void> {
  const [admin, host] = [keyPair(), keyPair()];
  const files = {
    [join(SEED, 'meta-data')]: JSON.stringify({
      'instance-id': handle,
      'local-hostname': hostname,
    }),
    // YAML's flow style, which is JSON: nothing in it can be read as anything else.
    [join(SEED, 'user-data')]: `#cloud-config\n${JSON.stringify(userData(admin, host), null, 1)}\n`,
    [ADMIN_KEY]: admin.private,
    [HOST_KEY]: host.public,
  };
  await onMachine('write the seed of a guest', async () => {
    await mkdir(join(folder, SEED), { mode: 0o700 });
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, name), text, { mode: 0o600 });
  });
}

/** The login of our own user. Errors: DriverError. */
export async function adminLogin(folder: string): Promise<Login> {
  const privateKey = await readKey(folder, ADMIN_KEY);
  return { username: ADMIN, privateKey };
}

/** The public host key that the guest was given, as one line. Errors: DriverError. */
export function givenHostKey(folder: string): Promise<string> {
  return readKey(folder, HOST_KEY);
}

function readKey(folder: string, name: string): Promise<string> {
  return onMachine('read a key of a guest', () => readFile(join(folder, name), 'utf8'));
}

function userData(admin: KeyPair, host: KeyPair): object {
  return {
    // Only the given host key: the image's own, if it has some, are known to others.
    ssh_deletekeys: true,
    ssh_genkeytypes: [],
    ssh_keys: { ed25519_private: host.private, ed25519_public: host.public },
    ssh_pwauth: true,
    disable_root: true,
    users: [
      {
        name: ADMIN,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        shell: '/bin/sh',
        lock_passwd: true,
        ssh_authorized_keys: [admin.public],
      },
    ],
  };
}
