import { stat } from 'node:fs/promises';
import type { Target } from '../driver';
import { DriverError } from '../driver';
import { onMachine } from './faults';
import { DISK_SIZE, type QemuSettings } from './settings';

/** All that decides how a guest is made: one with another shape is not what its pool asks for. */
export interface Shape {
  image: string;
  /** Changes when the image is replaced. */
  imageVersion: string;
  format: QemuSettings['format'];
  disk: string | null;
  memoryMb: number;
  cpus: number;
  kernel: string | null;
  initrd: string | null;
  append: string | null;
  login: QemuSettings['login'];
  outbound: boolean;
  machine: string;
  cpu: string | null;
  extraArgs: string[];
}

/**
 * The shape of a resource's guest. A type may override `image`, `memoryMb`, `cpus` and `disk` in its
 * spec. Errors: DriverError for a limit that is none (resource), or if the image is missing
 * (backend).
 */
export async function shapeOf(settings: QemuSettings, spec: Target['spec']): Promise<Shape> {
  const image = typeof spec.image === 'string' ? spec.image : settings.image;
  if (!image.startsWith('/'))
    throw new DriverError('resource', "The type's image is not an absolute path.");
  return {
    image,
    imageVersion: await versionOf(image),
    format: settings.format,
    disk: diskIn(spec) ?? settings.disk ?? null,
    memoryMb: wholeNumberIn(spec, 'memoryMb') ?? settings.memoryMb,
    cpus: wholeNumberIn(spec, 'cpus') ?? settings.cpus,
    kernel: settings.kernel ?? null,
    initrd: settings.initrd ?? null,
    append: settings.append ?? null,
    login: settings.login,
    outbound: settings.outbound,
    machine: settings.machine,
    cpu: settings.cpu ?? null,
    extraArgs: settings.extraArgs,
  };
}

/** Are both the same, field by field? */
export function isSameShape(one: Shape, other: Shape): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function versionOf(image: string): Promise<string> {
  const { ino, size, mtimeMs } = await onMachine(`read the image ${image}`, () => stat(image));
  return `${ino}-${size}-${mtimeMs}`;
}

function diskIn({ disk }: Target['spec']): string | undefined {
  if (disk === undefined) return undefined;
  if (typeof disk !== 'string' || !DISK_SIZE.test(disk))
    throw new DriverError('resource', "The type's disk is not a size like 500M or 5G.");
  return disk;
}

function wholeNumberIn(spec: Target['spec'], field: string): number | undefined {
  const value = spec[field];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number <= 0)
    throw new DriverError('resource', `The type's ${field} is not a whole number above 0.`);
  return number;
}
