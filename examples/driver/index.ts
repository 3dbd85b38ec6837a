import { access, constants, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import * as port from '../../src/drivers/driver';
import type { Call, ProvisionResult, Target } from '../../src/drivers/driver';

const settings = z.strictObject({
  /** The folder for everything that is lent. It has to exist, and belongs to Holdfast alone. */
  root: z.string().startsWith('/', { error: 'must be an absolute path' }),
});

const CAPABILITIES: port.Driver['capabilities'] = {
  provisions: true,
  rotates: false,
  opensAccess: false,
  accessByKey: false,
  staticCredential: false,
  leavesNothing: false,
  simulates: false,
  replaces: true,
  proves: 'R4',
};

/** Lends scratch directories to programs of the server's own user; each is lent once. */
export const directoryDriver: port.DriverFactory<z.output<typeof settings>> = {
  name: 'directory',
  kinds: ['item'],
  settings,
  fileOnly: ['root'],
  capabilities: () => CAPABILITIES,
  create: ({ root }, { installation }) => new DirectoryDriver(root, installation),
};
export default directoryDriver;

/** A directory is `root/installation/pool/resource/operation+attempt`: its labels are its path. */
class DirectoryDriver implements port.Driver {
  readonly capabilities = CAPABILITIES;
  readonly issueCredential = noLogin;
  readonly retireCredential = noLogin;
  readonly checkCredential = noLogin;
  readonly openAccess = noLogin;
  readonly closeAccess = noLogin;
  private readonly home: string;

  constructor(
    private readonly root: string,
    installation: string,
  ) {
    this.home = join(root, installation);
  }

  provision(target: Target, call: Call): Promise<ProvisionResult> {
    return this.run(call, () => this.make(target, call));
  }

  verify({ handle }: Target, _: unknown, call: Call): Promise<port.HealthCheck> {
    const gone: port.HealthCheck = { ok: false, reason: 'The directory does not exist.' };
    return this.run(call, async () => ((await exists(handle)) ? { ok: true } : gone));
  }

  clean(target: Target, _: unknown, call: Call): Promise<ProvisionResult> {
    return this.run(call, async () => {
      const made = await this.make(target, call);
      const { handle } = target;
      if (handle !== null && !(await exists(handle))) call.show({ replaced: { gone: handle } });
      return made;
    });
  }

  destroy(target: Target, call: Call): Promise<void> {
    return this.run(call, async () => {
      const path = this.pathOf(target, call);
      await removeEarlier(path);
      // Fails, as it should, if a later directory is in it.
      await rmdir(dirname(path)).catch(() => undefined);
    });
  }

  async *list(pool: string, call: Call): AsyncGenerator<port.DiscoveredResource[]> {
    const folder = join(this.home, pool);
    for (const resourceId of await this.run(call, () => namesIn(folder))) {
      const names = await this.run(call, () => namesIn(join(folder, resourceId)));
      yield names.map((name) => ({
        handle: join(folder, resourceId, name),
        resourceId,
        operationId: name.split('+', 1)[0]!,
      }));
    }
  }

  remove({ handle }: port.DiscoveredResource, call: Call): Promise<void> {
    const isOurs = dirname(dirname(dirname(handle))) === this.home;
    return this.run(call, async () => (isOurs ? removeTree(handle) : undefined));
  }

  async close(): Promise<void> {}

  /** Takes the turn by a new name, then removes all earlier directories. */
  private async make(target: Target, call: Call): Promise<ProvisionResult> {
    const handle = this.pathOf(target, call);
    await mkdir(handle, { recursive: true });
    await removeEarlier(handle);
    return { handle, details: { path: handle } };
  }

  /** Names rise from call to call: ids do with time, and attempts have leading zeros. */
  private pathOf({ pool, resourceId }: Target, { operationId, attempt }: Call): string {
    const name = `${operationId}+${String(attempt).padStart(9, '0')}`;
    return join(this.home, pool, resourceId, name);
  }

  /** Does the work of a call within its deadline, if the root is there. Errors: DriverError. */
  private async run<T>({ signal }: Call, work: () => Promise<T>): Promise<T> {
    try {
      signal.throwIfAborted();
      await access(this.root, constants.R_OK | constants.W_OK | constants.X_OK).catch(unusable);
      const result = await work();
      signal.throwIfAborted();
      return result;
    } catch (error) {
      if (error instanceof port.DriverError) throw error;
      const { code, name } = error as NodeJS.ErrnoException;
      const reason = signal.aborted ? 'at its deadline' : `by ${code ?? name}`;
      throw new port.DriverError('resource', `The call was stopped ${reason}.`);
    }
  }
}

/** Removes directories with earlier names. Errors: DriverError if there is a later one. */
async function removeEarlier(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await namesIn(folder);
  if (names.some((name) => name > basename(path))) {
    await removeTree(path);
    throw new port.DriverError('resource', 'A later call was here; this one changed nothing.');
  }
  for (const name of names) if (name < basename(path)) await removeTree(join(folder, name));
}

async function exists(path: string | null): Promise<boolean> {
  return path !== null && (await namesIn(dirname(path))).includes(basename(path));
}

/** Gives no names if the folder is missing. Errors: of the file system. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

function removeTree(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/** No directory can be lent without the root, so none is at fault. */
function unusable({ code }: NodeJS.ErrnoException): never {
  throw new port.DriverError('backend', `The root cannot be used (${code}).`);
}

async function noLogin(): Promise<never> {
  throw new port.DriverError('resource', 'A directory has no login.');
}
