import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { transformSync } from 'esbuild';
import * as client from '../../src/client';
import { TestServer } from '../helpers/server';

/** docs/client.md: its examples do what they say, against a real app. */

const page = readFileSync(join(__dirname, '../../docs/client.md'), 'utf8');
const examples = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!);
const ROOT = join(__dirname, '../..');

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, lease: { default: 10m, maximum: 1h } }
`;

/** Runs an example with a client of this server, whatever address it names; gives what it printed. */
async function run(example: string, server: TestServer, token: string): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const print = (...line: unknown[]) => void printed.push(line);
  class Holdfast extends client.Holdfast {
    constructor(_options: client.HoldfastOptions) {
      super({ url: server.url, token });
    }
  }
  const body = example.replace(/^import (.*) from 'holdfast\/client';$/m, 'const $1 = client;');
  const { code } = transformSync(`async function main() {\n${body}\n}`, {
    loader: 'ts',
    target: 'es2022',
  });
  const make = compileFunction(`${code}\nreturn main;`, ['client', 'console']) as (
    ...given: unknown[]
  ) => () => Promise<void>;
  await make({ ...client, Holdfast }, { log: print, error: print })();
  return printed;
}

test.each(examples.map((example, index) => [index + 1, example] as const))(
  'example %i runs, and leaves nothing behind',
  async (_number, example) => {
    const server = await TestServer.start({ pools: POOLS });
    const ann = await server.user('ann');
    const token = (await ann.post('/v1/tokens').send({ name: 'client' })).body.token as string;
    await run(example, server, token);
    const live = (await ann.get('/v1/reservations')).body.items.filter(
      ({ status }: { status: string }) => status !== 'ended',
    );
    expect(live).toEqual([]);
  },
);

test('the page has examples, and README and the glossary of errors lead there and back', () => {
  expect(examples.length).toBeGreaterThanOrEqual(3);
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('(docs/client.md)');
  expect(page).toContain('(errors.md)');
});

test('every option of borrow is in the table', () => {
  const source = readFileSync(join(ROOT, 'src/client/borrow.ts'), 'utf8');
  const [, own] = /interface BorrowOptions[^{]*\{([^]*?)\n\}/.exec(source)!;
  const names = [...own!.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(5);
  expect(
    names.filter((name) => name !== 'idempotencyKey' && !page.includes(`| \`${name}\``)),
  ).toEqual([]);
});
