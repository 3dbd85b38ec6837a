import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { assets } from '../assets';
import { ConfigError } from '../config-error';

/**
 * Within the executable this stands in the place of the modules by which better-sqlite3 and bcrypt
 * find their native code: see scripts/binary/bundle.ts.
 */
export function loadAddon(name: string): unknown {
  const path = assets.addon(name);
  try {
    return createRequire(path)(path);
  } catch (error) {
    // The loader's error when a file may not be mapped as code.
    const forbidden =
      (error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_FAILED' &&
      /failed to map segment/.test(String(error));
    if (!forbidden) throw error;
    throw new ConfigError(
      `CACHE_DIR: native code may not be loaded from ${dirname(path)} (a file system ` +
        'mounted noexec?); set it to a directory on another one.',
    );
  }
}

/**
 * The same, loaded when something of it is first used: a command that needs no addon unpacks
 * nothing.
 */
export function lazyAddon(name: string): object {
  let addon: object | undefined;
  return new Proxy(
    {},
    { get: (_target, key) => Reflect.get((addon ??= loadAddon(name) as object), key) as unknown },
  );
}
