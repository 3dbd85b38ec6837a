import { basename, join } from 'node:path';
import { GROUPS } from '../../../src/cli/commands';
import { ROOT } from '../../helpers/process';
import { TestServer } from '../../helpers/server';
import { CommandLine } from './command-line';

const SPY = join(ROOT, 'tests/helpers/loaded-modules.cjs');

test('a command that calls a server loads nothing native, of the server, or of other commands', async () => {
  const server = await TestServer.start({ pools: 'pools: []' });
  const admin = await server.admin();
  const { body } = await admin.post('/v1/tokens').send({ name: 'cli' });
  const line = new CommandLine({
    HOLDFAST_URL: server.url,
    HOLDFAST_TOKEN: body.token as string,
    NODE_OPTIONS: `--require=${SPY}`,
  });
  const { code, stderr } = await line.run('pools');
  const loaded = JSON.parse(stderr.slice(stderr.lastIndexOf('\n'))) as string[];
  expect(code).toBe(0);
  const names = Object.values(GROUPS).flatMap((commands) => Object.keys(commands));
  const commands = loaded
    .filter((path) => /\/dist\/src\/cli\/((loans|remote)\/)?[^/]+$/.test(path))
    .map((path) => basename(path, '.js'));
  expect(commands.filter((name) => names.includes(name))).toEqual(['pools']);
  const forbidden = /\.node$|\/node_modules\/(better-sqlite3|bree|express|zod|pino|drizzle-orm)\//;
  const ours =
    /\/dist\/src\/((server|boot|config)\.js$|(drivers|store|http|service|sqlite|domain)\/)/;
  expect(loaded.filter((path) => forbidden.test(path) || ours.test(path))).toEqual([]);
});
