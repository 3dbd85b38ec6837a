import type { Capabilities } from '../domain/lifecycle/operation';
import type { Driver, DriverFactory } from './driver';

/**
 * A factory whose code is loaded when more than its name is first asked for: a thread that makes no
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
    get variables() {
      return factory().variables ?? {};
    },
    capabilities: (settings) => factory().capabilities(settings),
    create: (settings, env) => factory().create(settings, env),
  };
}

/**
 * A driver whose code is loaded when it is first asked to do something: most threads of a process
 * never ask.
 */
export function lateDriver(capabilities: Capabilities, load: () => Promise<Driver>): Driver {
  let loading: Promise<Driver> | undefined;
  const driver = () => (loading ??= load());
  return {
    capabilities,
    provision: async (...asked) => (await driver()).provision(...asked),
    verify: async (...asked) => (await driver()).verify(...asked),
    clean: async (...asked) => (await driver()).clean(...asked),
    issueCredential: async (...asked) => (await driver()).issueCredential(...asked),
    retireCredential: async (...asked) => (await driver()).retireCredential(...asked),
    checkCredential: async (...asked) => (await driver()).checkCredential(...asked),
    openAccess: async (...asked) => (await driver()).openAccess(...asked),
    closeAccess: async (...asked) => (await driver()).closeAccess(...asked),
    destroy: async (...asked) => (await driver()).destroy(...asked),
    list: async function* (...asked) {
      yield* (await driver()).list(...asked);
    },
    remove: async (...asked) => (await driver()).remove(...asked),
    close: async () => (await loading)?.close(),
  };
}
