import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusalOf } from '../src/require-node';
import { MAIN, ROOT } from './helpers/process';

/** A Node that is too old for native code of ours, where this machine has one. */
const OLD = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return typeof stdout === 'string' && stdout !== '' && refusalOf(stdout.trim()) !== null;
});

test.each(['v22.14.0', 'v22.20.1', 'v24.0.0', 'v26.12.1', 'v100.0.0'])('%s will do', (version) => {
  expect(refusalOf(version)).toBeNull();
});

test.each(['v20.20.2', 'v22.13.9', 'v18.0.0'])('%s will not, and is told what will', (version) => {
  expect(refusalOf(version)).toBe(`Node 22.14 or newer is required; this is ${version}`);
});

test('package.json asks for the same', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  expect(refusalOf(`v${engines.node.replace('>=', '')}.0`)).toBeNull();
  expect(refusalOf('v22.13.99')).toContain(`Node ${engines.node.replace('>=', '')} `);
});

/** Simulated where there is no such Node: what reads `process.version` is read before all else. */
const started = (script: string) =>
  OLD === undefined
    ? spawnSync(process.execPath, ['--require', pretence(), script, 'serve'], { encoding: 'utf8' })
    : spawnSync(OLD, [script, 'serve'], { encoding: 'utf8' });

const pretence = () => join(__dirname, 'helpers/pretend-node-20.cjs');

test.each([MAIN, join(ROOT, 'scripts/start.cjs')])(
  '%s ends with one line under Node 20',
  (script) => {
    const { status, stdout, stderr } = started(script);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^holdfast: Node 22\.14 or newer is required; this is v\d+\.\d+\.\d+\n$/,
    );
  },
);

test('nothing is imported before the version is looked at', () => {
  const [first] = /^import .*$/m.exec(readFileSync(join(ROOT, 'src/main.ts'), 'utf8'))!;
  expect(first).toBe("import './require-node';");
});
