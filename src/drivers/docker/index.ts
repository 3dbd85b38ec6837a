import type { DriverFactory } from '../driver';
import { lateDriver } from '../late';
import type { DockerSettings } from './settings';
import { DOCKER_FILE_ONLY, dockerCapabilities, dockerSettings, dockerVariables } from './settings';

/** Lends containers of a Docker engine, reached over SSH or by `docker exec`. */
export const dockerDriver: DriverFactory<DockerSettings> = {
  name: 'docker',
  kinds: ['container'],
  settings: dockerSettings,
  fileOnly: DOCKER_FILE_ONLY,
  variables: dockerVariables,
  capabilities: dockerCapabilities,
  create: (settings, env) =>
    lateDriver(
      dockerCapabilities(settings),
      async () => new (await import('./driver.js')).DockerDriver(settings, env),
    ),
};

export default dockerDriver;
