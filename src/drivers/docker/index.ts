import type { DriverFactory } from '../driver';
import { lateDriver } from '../late';
import type { DockerSettings } from './settings';
import { DOCKER_CAPABILITIES, DOCKER_FILE_ONLY, dockerSettings, dockerVariables } from './settings';

/** Lends containers of a Docker engine, reached over SSH. */
export const dockerDriver: DriverFactory<DockerSettings> = {
  name: 'docker',
  kinds: ['container'],
  settings: dockerSettings,
  fileOnly: DOCKER_FILE_ONLY,
  variables: dockerVariables,
  capabilities: () => DOCKER_CAPABILITIES,
  create: (settings, env) =>
    lateDriver(
      DOCKER_CAPABILITIES,
      async () => new (await import('./driver.js')).DockerDriver(settings, env),
    ),
};

export default dockerDriver;
