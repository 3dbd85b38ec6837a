import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { assets } from '../assets';
import { ConfigError } from '../config-error';

/**
 * Within the executable this replaces the modules through which better-sqlite3 and bcrypt find
 * their native code: see scripts/binary/bundle.ts.
 */
export function loadAddon(name: string): unknown {
  const path = assets.addon(name);
  try {
    return createRequire(path)(path);
  } catch (error) {
    // The loader reports this error when a file may not be mapped as code.
    const forbidden =
      (error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_FAILED' &&
      /failed to map segment/.test(String(error));
    if (!forbidden) throw error;
    throw ConfigError.of(
      'CACHE_DIR',
      `native code may not be loaded from ${dirname(path)} (a file system mounted noexec?); set it ` +
        'to a directory on another file system.',
    );
  }
}

/** Loads the addon when it is first used, so a command that needs none unpacks nothing. */
export function lazyAddon(name: string): object {
  let addon: object | undefined;
  return new Proxy(
    {},
    { get: (_target, key) => Reflect.get((addon ??= loadAddon(name) as object), key) as unknown },
  );
}
