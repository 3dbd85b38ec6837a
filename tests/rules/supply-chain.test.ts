import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  version?: string;
  integrity?: string;
  hasInstallScript?: true;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '../..', name), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };

/** The packages themselves, without the project, by where they are installed. */
const installed = Object.entries(packages).filter(([place]) => place !== '');
const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 13);

test('every package is pinned with a hash', () => {
  expect(installed.length).toBeGreaterThan(100);
  const loose = installed.filter(
    ([, { version, integrity }]) => !version || !integrity?.startsWith('sha512-'),
  );
  expect(loose.map(([place]) => place)).toEqual([]);
});

// An optional package that the registry did not have is left out of the lockfile without a word, and then
// `npm ci` refuses the whole file on the next machine.
test('every package that a package needs is in the lockfile too', () => {
  const names = new Set(installed.map(([place]) => nameOf(place)));
  const needed = Object.entries(packages).flatMap(
    ([place, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => ({ place, name })),
  );
  expect(needed.length).toBeGreaterThan(500);
  expect(needed.filter(({ name }) => !names.has(name))).toEqual([]);
});

test('no package may run an install script, and each that has one is named', () => {
  expect(Object.entries(allowScripts).filter(([, allowed]) => allowed)).toEqual([]);
  const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = scripts.map(([place]) => nameOf(place));
  expect(names).toContain('bcrypt');
  expect(names.filter((name) => allowScripts[name] !== false)).toEqual([]);
});
