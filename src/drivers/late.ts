import type { Capabilities } from '../domain/lifecycle/operation';
import type { Driver, DriverFactory } from './driver';

/**
 * A factory whose code is loaded when anything but its name is first used: a thread that makes no
 * driver loads none.
 */
export function lateFactory<Settings>(
  name: string,
  load: () => DriverFactory<Settings>,
): DriverFactory {
  let loaded: DriverFactory | undefined;
  const factory = () => (loaded ??= load() as DriverFactory);
  return {
    name,
    get kinds() {
      return factory().kinds;
    },
    get settings() {
      return factory().settings;
    },
    get fileOnly() {
      return factory().fileOnly;
    },
    get variables() {
      return factory().variables ?? {};
    },
    listing: (settings) => factory().listing?.(settings) ?? {},
    capabilities: (settings) => factory().capabilities(settings),
    create: (settings, env) => factory().create(settings, env),
  };
}

/**
 * A driver whose code is loaded at its first call: most threads of a process never make one.
 */
export function lateDriver(capabilities: Capabilities, load: () => Promise<Driver>): Driver {
  let loading: Promise<Driver> | undefined;
  const driver = () => (loading ??= load());
  return {
    capabilities,
    provision: async (...args) => (await driver()).provision(...args),
    verify: async (...args) => (await driver()).verify(...args),
    clean: async (...args) => (await driver()).clean(...args),
    issueCredential: async (...args) => (await driver()).issueCredential(...args),
    retireCredential: async (...args) => (await driver()).retireCredential(...args),
    checkCredential: async (...args) => (await driver()).checkCredential(...args),
    openAccess: async (...args) => (await driver()).openAccess(...args),
    closeAccess: async (...args) => (await driver()).closeAccess(...args),
    destroy: async (...args) => (await driver()).destroy(...args),
    list: async function* (...args) {
      yield* (await driver()).list(...args);
    },
    remove: async (...args) => (await driver()).remove(...args),
    close: async () => (await loading)?.close(),
  };
}
