import { AGENT_PORT, AGENT_SOCKET } from './agent';
import { MONITOR_SOCKET } from './monitor';
import type { QemuSettings } from './settings';
import type { Shape } from './shape';

/** The files of a guest, in its folder, which is QEMU's working directory. */
export const DISK = 'disk.qcow2';
export const SEED = 'seed';

/** The guest's only network: QEMU itself, which forwards SSH and lets nothing else in. */
const GUEST_ADDRESS = '10.0.2.15';

/** How a guest is started. */
export interface Start {
  /** The argument of `-name`, by which its process is found. */
  name: string;
  shape: Shape;
  accelerator: 'kvm' | 'tcg';
  /** The port on `address` that is forwarded to the guest's SSH. */
  port: number;
}

/**
 * QEMU's arguments. Nothing here was chosen by a borrower or an admin. A comma separates QEMU's
 * options, so anything that may hold one is an argument of its own, or JSON, or in a file whose
 * path is relative to the folder.
 */
export function argumentsOf(
  { name, shape, accelerator, port }: Start,
  { address, sshPort }: QemuSettings,
): string[] {
  const { memoryMb, cpus, machine, cpu, login, outbound, extraArgs } = shape;
  const forward = `tcp:${address}:${port}-${GUEST_ADDRESS}:${sshPort}`;
  return [
    ...['-name', name],
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    // A guest that escapes QEMU's emulation still cannot start a program or gain rights.
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-accel', accelerator, '-machine', machine],
    ...['-cpu', cpu ?? (accelerator === 'kvm' ? 'host' : 'max')],
    ...['-m', `${memoryMb}M`, '-smp', String(cpus)],
    ...kernelOf(shape),
    ...disk('disk', { driver: 'qcow2', file: { driver: 'file', filename: DISK } }),
    ...(login === 'cloud-init' ? seed() : []),
    ...json('-netdev', {
      ...{ type: 'user', id: 'net', restrict: !outbound },
      hostfwd: [{ str: forward }],
    }),
    ...json('-device', { driver: 'virtio-net-pci', netdev: 'net', romfile: '' }),
    ...json('-device', { driver: 'virtio-rng-pci' }),
    ...['-qmp', `unix:${MONITOR_SOCKET},server=on,wait=off`],
    ...['-chardev', `socket,id=agent,path=${AGENT_SOCKET},server=on,wait=off`],
    ...json('-device', { driver: 'virtio-serial-pci' }),
    ...json('-device', { driver: 'virtserialport', chardev: 'agent', name: AGENT_PORT }),
    ...extraArgs,
  ];
}

function kernelOf({ kernel, initrd, append }: Shape): string[] {
  const given = { '-kernel': kernel, '-initrd': initrd, '-append': append };
  return Object.entries(given).flatMap(([option, value]) =>
    value === null ? [] : [option, value],
  );
}

/** A disk that does not outlive its guest, so nothing waits for it to be on the platter. */
function disk(name: string, node: object): string[] {
  const cache = { 'no-flush': true };
  return [
    ...json('-blockdev', { ...node, 'node-name': name, cache }),
    ...json('-device', { driver: 'virtio-blk-pci', drive: name }),
  ];
}

/** The folder of the seed, as a disk that cloud-init recognises by its label. */
function seed(): string[] {
  const node = { driver: 'vvfat', dir: SEED, label: 'cidata', 'read-only': true };
  return [
    ...json('-blockdev', { ...node, 'node-name': 'seed' }),
    ...json('-device', { driver: 'virtio-blk-pci', drive: 'seed' }),
  ];
}

function json(option: string, value: object): string[] {
  return [option, JSON.stringify(value)];
}
