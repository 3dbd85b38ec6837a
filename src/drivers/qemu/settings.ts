import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';

const port = z.number().int().min(1).max(65_535);
const path = z.string().startsWith('/', 'must be an absolute path');
const command = z.array(z.string().min(1)).min(1);
/** One word of QEMU's syntax and options of it; no option of the command line. */
const words = z.string().regex(/^[a-z0-9][A-Za-z0-9._,=+-]*$/, 'must be a name with its options');

/** A whole number of mebibytes or gibibytes, as `qemu-img` reads it. */
export const DISK_SIZE = /^[1-9]\d{0,5}[MG]$/;

export const qemuSettings = z.strictObject({
  /** The base image. Guests write to overlays of it, and never to the image itself. */
  image: path,
  format: z.enum(['qcow2', 'raw']).default('qcow2'),
  /** The size of a guest's disk; by default that of the image. */
  disk: z.string().regex(DISK_SIZE, 'must be a size like 500M or 5G').optional(),
  memoryMb: z.number().int().min(32).default(1024),
  cpus: z.number().int().min(1).default(1),
  /** A kernel to start without a boot loader, its initial RAM disk, and its parameters. */
  kernel: path.optional(),
  initrd: path.optional(),
  append: z.string().min(1).optional(),
  /**
   * How Holdfast reaches into a guest: by the QEMU guest agent in the image, or as a user that
   * cloud-init makes at the first start.
   */
  login: z.enum(['agent', 'cloud-init']).default('agent'),
  /** The address of this machine on which the guests' SSH ports are forwarded. */
  address: z.ipv4().default('127.0.0.1'),
  /** The host name shown to holders, if it is not `address`. */
  advertiseHost: z.string().min(1).optional(),
  portRange: z
    .strictObject({ from: port, to: port })
    .refine((range) => range.from <= range.to, 'from must not be above to')
    .default({ from: 22_000, to: 22_999 }),
  /** The port of the SSH server in the guest. */
  sshPort: port.default(22),
  /**
   * May guests open connections? They reach whatever this machine reaches, its loopback address
   * included.
   */
  outbound: z.boolean().default(false),
  accelerator: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
  qemu: z.string().min(1).default('qemu-system-x86_64'),
  qemuImg: z.string().min(1).default('qemu-img'),
  machine: words.default('q35'),
  /** The model of the processor; by default this machine's own, or all that can be emulated. */
  cpu: words.optional(),
  extraArgs: z.array(z.string()).default([]),
  /** Run as root in the guest, instead of commands of Holdfast's own for OpenSSH. */
  grantCommand: command.optional(),
  revokeCommand: command.optional(),
  /** How long a new guest may take until SSH answers, in ms. */
  startTimeoutMs: z.number().int().min(100).default(120_000),
});
export type QemuSettings = z.output<typeof qemuSettings>;

/** Everything but a time decides what runs on this machine, how much of it, or where. */
export const QEMU_FILE_ONLY: readonly (keyof QemuSettings)[] = [
  'image',
  'format',
  'disk',
  'memoryMb',
  'cpus',
  'kernel',
  'initrd',
  'append',
  'login',
  'address',
  'advertiseHost',
  'portRange',
  'sshPort',
  'outbound',
  'accelerator',
  'qemu',
  'qemuImg',
  'machine',
  'cpu',
  'extraArgs',
  'grantCommand',
  'revokeCommand',
];

export const QEMU_CAPABILITIES: Capabilities = {
  provisions: true,
  rotates: false,
  opensAccess: true,
  accessByKey: true,
  staticCredential: false,
  leavesNothing: false,
  simulates: false,
  replaces: true,
  proves: 'R4',
};
