import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildClient } from '../../scripts/client/build';
import { temporaryDirectory } from '../helpers/engine';
import { TestServer } from '../helpers/server';

jest.setTimeout(120_000);

const ROOT = resolve(__dirname, '../..');
const MODULES = join(ROOT, 'node_modules');
const LARGEST = 10 * 1024;

const run = promisify(execFile);
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The runtimes other than Node, with what comes before the name of a script. */
const OTHERS: Readonly<Record<string, string[]>> = { bun: [], deno: ['run', '--allow-all'] };

/** This Node, and every other Node, Deno and Bun of this machine: each program with its arguments. */
function runtimes(): [string, string[]][] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = ['node', ...Object.keys(OTHERS)]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path));
  return [...new Set([realpathSync(process.execPath), ...programs])].map((path) => [
    path,
    OTHERS[basename(path)] ?? [],
  ]);
}

let built: string;
let consumer: string;
let imported: string[];

beforeAll(async () => {
  built = join(temporaryDirectory(), 'client');
  imported = await buildClient(ROOT, built);
  consumer = temporaryDirectory();
  writeFileSync(join(consumer, 'package.json'), '{ "private": true }\n');
  const env = { ...process.env, npm_config_update_notifier: 'false' };
  const { stdout } = await run('npm', ['pack', '--silent', built], { cwd: consumer, env });
  const tarball = `./${stdout.trim()}`;
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball];
  await run('npm', install, { cwd: consumer, env });
});

test('the bundles import nothing, and each is at most 10 kB with gzip', () => {
  expect(imported).toEqual([]);
  for (const name of ['index.mjs', 'index.cjs'])
    expect(gzipSync(readFileSync(join(built, name)), { level: 9 }).length).toBeLessThan(LARGEST);
});

test('the package depends on nothing, and nothing else is installed with it', () => {
  const { packages } = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dependencies?: object }>;
  };
  expect(Object.keys(packages)).toEqual(['', 'node_modules/holdfast']);
  expect(packages['node_modules/holdfast']!.dependencies).toBeUndefined();
});

const SCRIPT = `
async function main({ Holdfast, NotFoundError }) {
  const [, , url, token] = process.argv;
  const holdfast = new Holdfast({ url, token });
  const loan = await holdfast.borrow({ items: [{ pool: 'lab' }], for: '5m' });
  const missing = await holdfast.pools.get('none').catch((error) => error);
  const names = [];
  for await (const { name } of holdfast.pools.list()) names.push(name);
  const has = loan.resources[0].credentials.password.length > 0;
  await loan.release();
  const { endReason } = await holdfast.reservations.get(loan.id);
  const refused = missing instanceof NotFoundError && missing.name;
  console.log(JSON.stringify({ has, names, refused, endReason, held: loan.isHeld }));
}
`;
const DONE = { has: true, names: ['lab'], refused: 'NotFoundError', endReason: 'released' };

describe('the installed package', () => {
  let server: TestServer;
  let token: string;

  beforeAll(async () => {
    const pools = 'pools: [{ name: lab, kind: account, driver: simulated, size: 40 }]';
    server = await TestServer.start({ pools });
    const ann = await server.user('ann');
    token = (await ann.post('/v1/tokens').send({ name: 'client' })).body.token as string;
    writeFileSync(
      join(consumer, 'esm.mjs'),
      `import * as client from 'holdfast/client';\n${SCRIPT}\nawait main(client);\n`,
    );
    writeFileSync(join(consumer, 'cjs.cjs'), `${SCRIPT}\nvoid main(require('holdfast/client'));\n`);
  });

  describe.each(runtimes())('under %s', (program, before) => {
    test.each(['esm.mjs', 'cjs.cjs'])('borrows and gives back, as %s', async (script) => {
      const { stdout } = await run(program, [...before, script, server.url, token], {
        cwd: consumer,
      });
      expect(JSON.parse(stdout)).toEqual({ ...DONE, held: false });
    });
  });
});

/** Type-checks files in the consumer's project; gives what tsc says, nothing if all is well. */
async function typeFaults(files: Record<string, string>, options: object): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(consumer, name), text);
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: 'es2022', types: [] },
    lib: ['es2022', 'dom', 'dom.asynciterable', 'esnext.disposable'],
    ...options,
  };
  const config = JSON.stringify({ compilerOptions, files: Object.keys(files) });
  writeFileSync(join(consumer, 'tsconfig.json'), config);
  const tsc = join(MODULES, 'typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', consumer], { cwd: consumer }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

describe('in a project with TypeScript', () => {
  const examples = [...read('docs/client.md').matchAll(/^```ts\n([^]*?)^```$/gm)].map(
    ([, code], index) => [`example-${index}.mts`, code!] as const,
  );
  const use = `
    import { Holdfast, type Event, type Loan, type Pool } from 'holdfast/client';
    export async function names(holdfast: Holdfast): Promise<string[]> {
      const events: Event[] = (await holdfast.events.list({ type: 'reservation.ended' }).page()).items;
      const loan: Loan = await holdfast.borrow({ items: [{ kind: 'vm', labels: { zone: 'a' } }] });
      const pool: Pool = await holdfast.pools.update('lab', { size: 2 }, { ifMatch: '1' });
      return [...events.map(({ type }) => type), loan.id, pool.name];
    }
  `;

  test.each([
    ['nodenext', { module: 'nodenext' }],
    ['a bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('it has types, and the examples of the page are right, for %s', async (_name, options) => {
    const files = { ...Object.fromEntries(examples), 'use.mts': use };
    expect(await typeFaults(files, options)).toBe('');
  });

  test('it has types for CommonJS too, and a wrong call is an error', async () => {
    const wrong = use.replace("{ kind: 'vm'", "{ kind: 'boat'").replace("'lab', { size", '{ size');
    const options = { module: 'nodenext' };
    expect(await typeFaults({ 'use.cts': use }, options)).toBe('');
    const faults = await typeFaults({ 'wrong.cts': wrong }, options);
    expect(faults).toContain(`'"boat"' is not assignable`);
    expect(faults).toMatch(/wrong\.cts\(6,/);
  });
});

describe('the API document', () => {
  test('gives openapi-fetch a client with types', async () => {
    const tool = join(MODULES, 'openapi-typescript/bin/cli.js');
    const document = join(ROOT, 'docs/openapi.json');
    // Elsewhere, because it would read the settings of our own tools here.
    await run(
      process.execPath,
      [tool, document, '--default-non-nullable=false', '-o', 'openapi.d.ts'],
      { cwd: consumer },
    );
    for (const name of ['openapi-fetch', 'openapi-typescript-helpers']) {
      const place = join(consumer, 'node_modules', name);
      if (!existsSync(place)) symlinkSync(join(MODULES, name), place);
    }
    const use = `
      import createClient from 'openapi-fetch';
      import type { paths } from './openapi.js';
      const client = createClient<paths>({ baseUrl: 'http://holdfast.invalid' });
      const { data } = await client.POST('/v1/reservations', { body: { items: [{ pool: 'lab' }] } });
      export const ends: string | null | undefined = data?.endsAt;
      const { data: pool } = await client.GET('/v1/pools/{name}', { params: { path: { name: 'x' } } });
      export const size: number | undefined = pool?.size;
    `;
    mkdirSync(consumer, { recursive: true });
    expect(await typeFaults({ 'fetch.mts': use }, { module: 'nodenext' })).toBe('');
  });
});
