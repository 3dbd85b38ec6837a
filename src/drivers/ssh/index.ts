import type { DriverFactory } from '../driver';
import { lateDriver } from '../late';
import {
  SSH_CAPABILITIES,
  SSH_FILE_ONLY,
  sshListing,
  sshSettings,
  type SshSettings,
} from './settings';

/** Lends machines that exist, reached over SSH. */
export const sshDriver: DriverFactory<SshSettings> = {
  name: 'ssh',
  kinds: ['host', 'vm'],
  settings: sshSettings,
  fileOnly: SSH_FILE_ONLY,
  listing: () => sshListing,
  capabilities: () => SSH_CAPABILITIES,
  create: (settings, env) =>
    lateDriver(
      SSH_CAPABILITIES,
      async () => new (await import('./driver.js')).SshDriver(settings, env),
    ),
};

export default sshDriver;
