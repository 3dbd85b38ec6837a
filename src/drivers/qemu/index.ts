import type { DriverFactory } from '../driver';
import { lateDriver } from '../late';
import type { QemuSettings } from './settings';
import { QEMU_CAPABILITIES, QEMU_FILE_ONLY, qemuSettings } from './settings';

/** Lends virtual machines that QEMU runs on this machine, reached over SSH. */
export const qemuDriver: DriverFactory<QemuSettings> = {
  name: 'qemu',
  kinds: ['vm'],
  settings: qemuSettings,
  fileOnly: QEMU_FILE_ONLY,
  capabilities: () => QEMU_CAPABILITIES,
  create: (settings, env) =>
    lateDriver(
      QEMU_CAPABILITIES,
      async () => new (await import('./driver.js')).QemuDriver(settings, env),
    ),
};

export default qemuDriver;
