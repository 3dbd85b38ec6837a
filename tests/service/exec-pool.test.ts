import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execDriver } from '../../src/drivers/exec';
import { whenDone } from '../helpers/cleanups';
import { somebody, TestEngine } from '../helpers/engine';

/** A pool of the driver exec, from its pools file through loans. */

const THINGS = resolve(__dirname, '../drivers/programs/things.cjs');

test('a program makes accounts, and changes the password after each loan', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-things-'));
  whenDone(() => rmSync(folder, { recursive: true }));
  const run = `[${process.execPath}, ${THINGS}]`;
  const calls =
    'provision verify clean destroy list remove checkCredential issueCredential retireCredential';
  const commands = calls.split(' ').map((name) => `${name}: ${run}`);
  const test = await TestEngine.start({
    factories: [execDriver],
    pools: `
      pools:
        - name: accounts
          kind: account
          driver: exec
          size: 1
          settings:
            env: { THINGS: ${folder} }
            commands: { ${commands.join(', ')} }`.replace(/^ {6}/gm, ''),
  });
  await test.settle();
  const seen = new Set<unknown>();
  for (let loan = 1; loan <= 2; loan += 1) {
    const view = await test.reserve(somebody(), { pool: 'accounts' });
    expect(view.resources[0]).toMatchObject({ details: { host: 'things.invalid' } });
    seen.add(view.resources[0]?.credentials?.password);
    await test.release(somebody(), view.id);
    await test.settle();
  }
  expect(seen.size).toBe(2);
  expect([...seen]).toEqual([expect.any(String), expect.any(String)]);
});
