import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { ROOT } from '../helpers/process';

/** Each start may compile. */
jest.setTimeout(60_000);

let project: string;

/** A project like this one, with a program of one line. */
beforeAll(() => {
  project = temporaryDirectory();
  for (const folder of ['src/client', 'jobs', 'bench', 'scripts', 'docs', 'web/app'])
    mkdirSync(join(project, folder), { recursive: true });
  cpSync(join(ROOT, 'docs/openapi.json'), join(project, 'docs/openapi.json'));
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(join(ROOT, file), join(project, file));
  for (const script of ['api-types.cjs', 'build.cjs', 'start.cjs'])
    cpSync(join(ROOT, 'scripts', script), join(project, 'scripts', script));
  cpSync(join(ROOT, 'web/vite.config.mts'), join(project, 'web/vite.config.mts'));
  writeFileSync(join(project, 'web/index.html'), '<script type="module" src="app/x.ts"></script>');
  shows('one');
  says('one');
});

const says = (word: string) =>
  writeFileSync(join(project, 'src/main.ts'), `process.stdout.write('${word}');\n`);
const shows = (word: string) =>
  writeFileSync(join(project, 'web/app/x.ts'), `document.title = '${word}';\n`);
const install = () => symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
const omitDevelopment = () => rmSync(join(project, 'node_modules'));

function start(): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.cjs'], {
    cwd: project,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const served = (stdout: string) => ({ status: 0, stdout, stderr: '' });
const refused = (why: string, tool = 'TypeScript') => ({
  status: 1,
  stdout: '',
  stderr: `holdfast: ${why}, and there is no ${tool} to build it: npm ci\n`,
});

test('what is neither built nor can be is refused in one line', () => {
  expect(start()).toEqual(refused('dist/ is not built'));
});

test('what is not built is built, and then needs no TypeScript', () => {
  install();
  expect(start()).toEqual(served('one'));
  omitDevelopment();
  expect(start()).toEqual(served('one'));
});

test('what was built is not run for sources that have changed since', () => {
  says('two');
  expect(start()).toEqual(refused('the sources are newer than dist/'));
  install();
  expect(start()).toEqual(served('two'));
});

test('a dashboard that was built is not served for sources that have changed since', () => {
  omitDevelopment();
  shows('two');
  expect(start()).toEqual(refused('the sources are newer than dist/web/', 'Vite'));
  install();
  expect(start()).toEqual(served('two'));
  expect(existsSync(join(project, 'dist/web/index.html'))).toBe(true);
});

test('sources that do not compile are not run, however often it is tried', () => {
  writeFileSync(join(project, 'src/main.ts'), "const two: number = 'two';\nexport { two };\n");
  for (const _time of [1, 2]) {
    const { status, stdout } = start();
    expect(status).not.toBe(0);
    expect(stdout).toContain('TS2322');
  }
});
