import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call, DiscoveredResource, DriverEnv, Target } from '../driver';
import { DriverError } from '../driver';
import { shortId } from '../ssh-login/names';
import type { Endpoint } from '../ssh-login/ssh';
import { chooseAccelerator } from './accelerator';
import { DISK, argumentsOf } from './command-line';
import { onMachine, requireTime } from './faults';
import { foundAs, goingNameOf, handleOf, labelOf, processPrefix, type Label } from './labels';
import { freePorts } from './ports';
import { kill, processesWith, type Process } from './processes';
import { runImageTool, startQemu, StartError } from './programs';
import type { QemuSettings } from './settings';
import { shapeOf, type Shape } from './shape';

const RECORD = 'guest.json';
/** Time to clean up after a call that failed or was stopped, in ms. */
const DISCARD_TIME = 10_000;
const PORT_TAKEN = /host forwarding/i;
const UNREACHABLE = '0.0.0.0';

/** Written down about a guest, beside its disk. */
interface Written {
  port: number;
  shape: Shape;
}

/** A guest, running or not. */
export interface Guest extends Written {
  handle: string;
  /** The directory of its files. */
  folder: string;
}

/** Makes what a guest needs beside its disk, in its folder, before it starts. */
export type Prepare = (folder: string, handle: string) => Promise<void>;

/**
 * The virtual machines of one installation on this machine. Each has a folder in the data directory
 * and a process; its handle, which is the name of both, says what it was made for. So a guest can be
 * found at any moment, whoever was killed in between, and needs nothing to have been written down.
 */
export class Guests {
  private readonly directory: string;
  private readonly prefix: string;
  private accelerator: Promise<'kvm' | 'tcg'> | undefined;

  constructor(
    private readonly settings: QemuSettings,
    private readonly env: DriverEnv,
    private readonly choose = chooseAccelerator,
  ) {
    this.directory = join(env.dataDir, 'qemu', shortId(env.installation));
    this.prefix = processPrefix(env.installation);
  }

  /** The guest with this handle; null if there is none, or if it never started. */
  async find(handle: string | null, signal: AbortSignal): Promise<Guest | null> {
    requireTime(signal, 'look for a virtual machine');
    if (handle === null || labelOf(handle) === null) return null;
    const folder = join(this.directory, handle);
    const written = await readFile(join(folder, RECORD), 'utf8').then(parsed, () => null);
    return written && { handle, folder, ...written };
  }

  /** Does its process live? */
  async isRunning(handle: string): Promise<boolean> {
    return (await this.processesOf(handle)).length > 0;
  }

  /** From now on guests are emulated, unless the settings want KVM; says whether they are. */
  giveUpKvm(): boolean {
    if (this.settings.accelerator === 'auto') this.accelerator = Promise.resolve('tcg');
    return this.settings.accelerator === 'auto';
  }

  /** The address to which its SSH is forwarded. */
  endpoint({ port }: Guest): Endpoint {
    const { address } = this.settings;
    return { host: address === UNREACHABLE ? '127.0.0.1' : address, port };
  }

  /** The shape that a guest of `target` would have now. Errors: as `shapeOf`. */
  shapeFor(target: Target): Promise<Shape> {
    return shapeOf(this.settings, target.spec);
  }

  /**
   * Makes the guest of this attempt: a folder, a new overlay of the image, a process. Errors:
   * DriverError, of scope `backend` if the machine, the image or the settings are at fault.
   */
  async start(target: Target, call: Call, prepare: Prepare): Promise<Guest> {
    requireTime(call.signal, 'start a virtual machine');
    const handle = handleOf(target, call);
    const folder = join(this.directory, handle);
    const shape = await this.shapeFor(target);
    await onMachine(`make ${folder}`, async () => {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      await mkdir(folder, { mode: 0o700 });
    });
    await this.makeDisk(folder, shape, call.signal);
    await prepare(folder, handle);
    return this.startOnFreePort({ handle, folder, shape }, call.signal);
  }

  /** Everything with our label that `isWanted` accepts: folders, and processes without one. */
  async labelled(
    isWanted: (label: Label) => boolean,
    signal: AbortSignal,
  ): Promise<DiscoveredResource[]> {
    requireTime(signal, 'list virtual machines');
    const folders = await readdir(this.directory).catch(onlyIfMissing);
    const running = await processesWith((argument) => argument.startsWith(this.prefix));
    const strays = running
      .flatMap((each) => each.arguments.filter((argument) => argument.startsWith(this.prefix)))
      .map((argument) => argument.slice(this.prefix.length))
      .filter((handle) => !folders.includes(handle) && !folders.includes(goingNameOf(handle)));
    return [...new Set([...folders, ...strays])].flatMap((handle) => {
      const label = labelOf(handle);
      return label && isWanted(label) ? [foundAs(handle, label)] : [];
    });
  }

  /** Removes the guests of earlier attempts. Errors: DriverError if a later one has run. */
  async removeEarlier({ resourceId }: Target, call: Call): Promise<void> {
    const mine = await this.labelled(
      (label) => label.resourceId === resourceId && label.operationId === call.operationId,
      call.signal,
    );
    if (mine.some(({ handle }) => labelOf(handle)!.attempt > call.attempt))
      throw new DriverError('resource', 'A later attempt of this operation has already run.');
    for (const { handle } of mine) await this.remove(handle, call.signal);
  }

  /** Kills a guest: its holder's sessions end at once. Its files stay. */
  async kill(handle: string, signal: AbortSignal): Promise<void> {
    for (const each of await this.processesOf(handle)) await kill(each, signal);
  }

  /**
   * Removes a guest: its process and all its files. No error if it is gone. The folder gets another
   * name first, under which no call that comes late can start anything.
   */
  async remove(handle: string, signal: AbortSignal): Promise<void> {
    requireTime(signal, 'remove a virtual machine');
    if (labelOf(handle) === null) return;
    const going = join(this.directory, goingNameOf(handle));
    await onMachine('remove a virtual machine', async () => {
      await this.kill(handle, signal);
      await rename(join(this.directory, handle), going).catch(onlyIfMissing);
      // Something may have begun in the folder before it was renamed.
      await this.kill(handle, signal);
      await rm(going, { recursive: true, force: true });
    });
  }

  /** Best effort: removes what this attempt has made. */
  async discard(target: Target, call: Call): Promise<void> {
    try {
      await this.remove(handleOf(target, call), AbortSignal.timeout(DISCARD_TIME));
    } catch {
      // It keeps its label: the next attempt or the orphan sweep removes it.
    }
  }

  private processesOf(handle: string): Promise<Process[]> {
    const original = handle.replace(/~gone$/, '');
    return processesWith((argument) => argument === `${this.prefix}${original}`);
  }

  private makeDisk(folder: string, shape: Shape, signal: AbortSignal): Promise<void> {
    const { image, format, disk } = shape;
    const base = ['-f', 'qcow2', '-F', format, '-b', image, DISK];
    const args = ['create', '-q', ...base, ...(disk === null ? [] : [disk])];
    return runImageTool(this.settings.qemuImg, args, folder, signal);
  }

  private async startOnFreePort(guest: Omit<Guest, 'port'>, signal: AbortSignal): Promise<Guest> {
    const { handle, folder, shape } = guest;
    const accelerator = await this.chosenAccelerator();
    for await (const port of freePorts(this.settings, this.env.random.fraction())) {
      await this.write(folder, { port, shape });
      const name = `${this.prefix}${handle}`;
      const args = argumentsOf({ name, shape, accelerator, port }, this.settings);
      try {
        await startQemu(this.settings.qemu, args, folder, signal);
        return { ...guest, port };
      } catch (error) {
        if (!(error instanceof StartError) || !PORT_TAKEN.test(error.message)) throw error;
      }
    }
    const { from, to } = this.settings.portRange;
    throw new DriverError('backend', `No port from ${from} to ${to} is free to forward SSH to.`);
  }

  private write(folder: string, written: Written): Promise<void> {
    const path = join(folder, RECORD);
    return onMachine(`write ${path}`, () =>
      writeFile(path, JSON.stringify(written), { mode: 0o600 }),
    );
  }

  private chosenAccelerator(): Promise<'kvm' | 'tcg'> {
    return (this.accelerator ??= this.choose(this.settings));
  }
}

/** null if it was cut off while it was written: the guest has not started then. */
function parsed(text: string): Written | null {
  try {
    return JSON.parse(text) as Written;
  } catch {
    return null;
  }
}

/** For a directory that may not exist: an empty list. */
function onlyIfMissing(error: unknown): string[] {
  if ((error as { code?: unknown }).code === 'ENOENT') return [];
  throw error;
}
