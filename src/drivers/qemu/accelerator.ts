import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onMachine } from './faults';
import { ENVIRONMENT } from './programs';
import type { QemuSettings } from './settings';

const DEVICE = '/dev/kvm';
const PROBE_TIME = 5_000;
const FIRMWARE_SIZE = 65_536;
/** Where an x86 processor begins, counted from the end of the firmware. */
const FIRST_INSTRUCTION = 16;
/** `mov al, 42; out 0xf4, al; hlt`: ends QEMU, by the device at that port, with status 85. */
const SAY_42 = [0xb0, 42, 0xe6, 0xf4, 0xf4];
const SAID_42 = 42 * 2 + 1;

/**
 * KVM if it works on this machine, else QEMU's own emulation. A device that opens may still not
 * work, for instance in a virtual machine, so a guest of five bytes is run.
 */
export async function chooseAccelerator(
  { accelerator, qemu }: QemuSettings,
  device = DEVICE,
): Promise<'kvm' | 'tcg'> {
  if (accelerator !== 'auto') return accelerator;
  const opens = await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!opens) return 'tcg';
  const folder = await onMachine('make a folder', () => mkdtemp(join(tmpdir(), 'holdfast-kvm-')));
  try {
    const firmware = Buffer.alloc(FIRMWARE_SIZE, 0xf4);
    firmware.set(SAY_42, FIRMWARE_SIZE - FIRST_INSTRUCTION);
    await writeFile(join(folder, 'firmware'), firmware);
    return (await runsGuests(qemu, folder)) ? 'kvm' : 'tcg';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runsGuests(qemu: string, cwd: string): Promise<boolean> {
  const args = [
    ...['-accel', 'kvm', '-cpu', 'host', '-machine', 'q35', '-m', '16', '-bios', 'firmware'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
  ];
  return new Promise((resolve) => {
    const options = { cwd, env: ENVIRONMENT, timeout: PROBE_TIME, killSignal: 'SIGKILL' } as const;
    execFile(qemu, args, options, (error) => resolve(error?.code === SAID_42));
  });
}
