import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { importFile } from '../../src/api/import-file';
import { passwords } from '../../src/crypto/passwords';
import { DRIVERS } from '../../src/drivers';
import { importAll } from '../../src/legacy/import';
import { parsePoolsFile } from '../../src/pools-file/parse';
import { somebody, TestEngine } from '../helpers/engine';

/** The guides for those who bring things of their own: followed to the letter, they lose nothing. */

const DOCS = resolve(__dirname, '../../docs');
const GUIDES = ['acctpool', 'container-manager', 'token-pool', 'vm-reservation'].map(
  (name) => `from-${name}.md`,
);

/** The code of one language in a page, without the indentation of its list. */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(DOCS, page), 'utf8');
  const blocks = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm'));
  return [...blocks].map(([, indent, code]) =>
    code!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

const poolsIn = (page: string) => blocksOf(page, 'yaml').find((text) => /^pools:/m.test(text))!;
const importIn = (page: string) =>
  importFile.parse(JSON.parse(blocksOf(page, 'json')[0] ?? '{}') as unknown);

test.each(GUIDES)('%s shows a pools file that a server takes', (page) => {
  const text = poolsIn(page);
  expect(parsePoolsFile(text, { file: page, drivers: DRIVERS, env: {} }).pools).not.toEqual([]);
});

/** A value for each variable that a pools file names. */
const variablesOf = (text: string) =>
  Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name!, `of ${name}`]));

test('drivers.md shows pools files that a server takes', () => {
  const files = blocksOf('drivers.md', 'yaml').filter((text) => /^pools:/m.test(text));
  const pools = files.flatMap((text) => {
    const file = { file: 'drivers.md', drivers: DRIVERS, env: variablesOf(text) };
    return parsePoolsFile(text, file).pools;
  });
  expect(pools.map(({ driver }) => driver)).toEqual([
    'static',
    'static',
    'exec',
    'http',
    'ibm-cloud',
    'qemu',
    'ssh',
  ]);
});

test('examples/lab/pools.yaml has the pools of a lab, each on a driver of its own', () => {
  const file = 'examples/lab/pools.yaml';
  const text = readFileSync(resolve(DOCS, '..', file), 'utf8');
  const valueOf = (name: string) =>
    name.endsWith('_PORT') ? '22' : name.toLowerCase().replaceAll('_', '-');
  const names = Object.keys(variablesOf(text));
  const env = Object.fromEntries(names.map((name) => [name, valueOf(name)]));
  const { pools } = parsePoolsFile(text, { file, drivers: DRIVERS, env });
  expect(pools.map(({ name, driver, size }) => [name, driver, size])).toEqual([
    ['ci', 'exec', 3],
    ['licences', 'static', 6],
    ['machines', 'ssh', 4],
    ['vms', 'qemu', 5],
  ]);
});

async function follow(page: string): Promise<TestEngine> {
  const test = await TestEngine.start({ pools: poolsIn(page) });
  await importAll(test.engine, passwords(Buffer.alloc(32, 1), { cost: 4 }), importIn(page));
  await test.settle();
  return test;
}

test.each([
  ['from-acctpool.md', 'free', 'password', importIn('from-acctpool.md').accounts[0]!.password],
  ['from-token-pool.md', 'tokens', 'token', importIn('from-token-pool.md').tokens[0]!.value],
])('%s lends the imported secret as it was, loan after loan', async (page, pool, field, secret) => {
  const test = await follow(page);
  for (let loan = 1; loan <= 3; loan += 1) {
    const view = await test.reserve(somebody(), { pool });
    expect(view.resources[0]?.credentials).toMatchObject({ [field]: secret });
    await test.release(somebody(), view.id);
    await test.settle();
  }
});

test('from-vm-reservation.md brings in the VMs that it names', async () => {
  const test = await follow('from-vm-reservation.md');
  for (const { name } of importIn('from-vm-reservation.md').vms)
    expect(await test.resource(name!)).toMatchObject({ kind: 'vm' });
});
