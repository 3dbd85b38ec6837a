import { basename } from 'node:path';
import {
  declarationsOf,
  lineCount,
  namesIn,
  tree,
  typescript,
  type Source,
} from '../helpers/sources';

const code = typescript('src', 'jobs', 'examples');
/** The dashboard. */
const web = typescript('web');
const both = [...code, ...web];
const all = tree();

const pathsOf = (sources: Source[]) => sources.map(({ path }) => path);

/** Lines that match, as `path:line`. */
function lines(sources: Source[], pattern: RegExp): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

describe('lengths', () => {
  test('no file is over 400 lines', () => {
    expect(pathsOf(both.filter((source) => lineCount(source) > 400))).toEqual([]);
  });

  test('no line is over 110 columns, but one that holds an address', () => {
    const sources = [...both, ...typescript('tests', 'bench', 'scripts')];
    expect(lines(sources, /^(?!.*https?:\/\/).{111,}$/)).toEqual([]);
  });

  test('few are over 250', () => {
    expect(code.filter((source) => lineCount(source) > 250).length).toBeLessThanOrEqual(5);
  });
});

describe('words', () => {
  const EMPTY = /(^|[a-z._-])(Manager|Helper|Utils?|manager|helper|utils?)($|[A-Z._-])/;

  test('nothing is called Manager, Helper or Util', () => {
    expect(
      both.filter(({ path }) => EMPTY.test(basename(path, '.ts'))).map(({ path }) => path),
    ).toEqual([]);
    expect(
      both
        .flatMap(declarationsOf)
        .filter(({ name }) => EMPTY.test(name))
        .map(({ path, name }) => `${path}: ${name}`),
    ).toEqual([]);
  });

  test("a worker's claim is never called a lease", () => {
    const claims = code.filter(({ path }) =>
      /\/(operation|operation-runner|driver-calls|claims?)\.ts$/.test(path),
    );
    expect(claims.length).toBeGreaterThanOrEqual(4);
    expect(
      claims.flatMap((source) =>
        namesIn(source)
          .filter((name) => /lease/i.test(name))
          .map((name) => `${source.path}: ${name}`),
      ),
    ).toEqual([]);
    expect(code.flatMap(namesIn).filter((name) => /lease.*claim|claim.*lease/i.test(name))).toEqual(
      [],
    );
  });
});

describe('declarations', () => {
  test('every exported function and class says what it is for', () => {
    const declared = both
      .flatMap(declarationsOf)
      .filter(({ kind, exported }) => kind !== 'other' && exported);
    // Of overloads, one documents all.
    const told = new Set(
      declared.filter(({ documented }) => documented).map(({ path, name }) => `${path}: ${name}`),
    );
    const silent = declared
      .map(({ path, name }) => `${path}: ${name}`)
      .filter((place) => !told.has(place));
    expect(silent).toEqual([]);
  });
});

describe('one door', () => {
  test('the environment is read in environment.ts and config.ts only', () => {
    expect(
      lines(code, /process\.env\b/)
        .map((place) => place.split(':')[0]!)
        .filter((path) => path !== 'src/config.ts' && path !== 'src/environment.ts'),
    ).toEqual([]);
  });

  test(
    'a database is opened in sqlite/open.ts only, except for backups, which read it and ' +
      'own their copies',
    () => {
      const places = lines(code, /new Database\(/).map((place) => place.split(':')[0]!);
      expect([...new Set(places)].sort()).toEqual(['src/sqlite/backup.ts', 'src/sqlite/open.ts']);
    },
  );

  test('only clock.ts reads the clock, except for the name of a file: elsewhere, time is passed in', () => {
    const places = lines(code, /Date\.now\(\)|new Date\(\)/).map((place) => place.split(':')[0]!);
    expect([...new Set(places)].sort()).toEqual([
      // That of the callers' side, which shares no code with the server.
      'src/client/clock.ts',
      'src/clock.ts',
      'src/store/sqlite/database.ts',
    ]);
  });

  test('domain and store decide without randomness of their own', () => {
    expect(
      lines(typescript('src/domain', 'src/store'), /Math\.random|randomBytes|randomUUID/),
    ).toEqual([]);
  });

  test('domain is synchronous', () => {
    expect(lines(typescript('src/domain'), /\basync\b|\bawait\b|\bPromise\b|from 'node:/)).toEqual(
      [],
    );
  });
});

describe('the dashboard', () => {
  test('takes no text for markup or code', () => {
    const pattern =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/;
    expect(lines(web, pattern)).toEqual([]);
  });

  test('keeps nothing in the browser but how it looks', () => {
    const places = lines(web, /localStorage|sessionStorage|indexedDB|document\.cookie/);
    const files = [...new Set(places.map((place) => place.split(':')[0]!))];
    expect(files.filter((path) => path !== 'web/app/theme.ts')).toEqual([]);
  });
});

describe('the tree', () => {
  test('names no package registry and no path of anyone’s machine', () => {
    // Written in pieces, so that this file does not name them either.
    const machine = new RegExp(
      ['/wor' + 'k/', '/Use' + 'rs/', '/hom' + 'e/[a-z]+/[a-z]', 'C:' + '\\\\'].join('|'),
    );
    const registry = new RegExp(
      ['"resol' + 'ved": "http', 'regis' + 'try\\.[a-z]', '_auth' + 'Token'].join('|'),
    );
    expect(lines(all, machine)).toEqual([]);
    expect(lines(all, registry)).toEqual([]);
  });

  test('needs an engine or an emulator only in tests/engines, tests/binary and tests/soak', () => {
    const apart = /^tests\/(engines|binary|soak|helpers)\//;
    // The call, or that of whoever passes it on; a fixture only names it.
    const pattern = /\bdescribeWith(Docker|Qemu)\(/;
    const others = typescript('tests').filter(({ path }) => !apart.test(path));
    expect(lines(others, pattern)).toEqual([]);
  });

  test('repeats every random test by a seed', () => {
    const random = typescript('tests').filter(({ text }) =>
      /\bfc\.(assert|check|sample)\(/.test(text),
    );
    expect(random.length).toBeGreaterThanOrEqual(5);
    expect(pathsOf(random.filter(({ text }) => !/\bseed[,:]/.test(text)))).toEqual([]);
  });

  test('throws its own dice in one place only, so that CI can fix them', () => {
    const own = /\b(FC|SOAK)_SEED\b.*\?\?|Math\.random\(\) \* 2 \*\* 31/;
    expect(lines(typescript('tests'), own).map((place) => place.split(':')[0])).toEqual([
      'tests/helpers/seed.ts',
    ]);
  });

  test('holds no test that is skipped, or that would run alone', () => {
    const pattern = new RegExp(
      `\\b(describe|test|it)\\.(on${'ly'}|to${'do'})|\\b[fx](describe|test|it)\\(`,
    );
    expect(lines(typescript('tests'), pattern)).toEqual([]);
  });
});
