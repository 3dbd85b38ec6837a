import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../helpers/engine';
import { CANARY } from './compared';
import type { Run, Situation, Watched } from './situations';
import { reserved, runIn, type World } from './world';

const HOST = { host: 'box.example.org', username: 'guest', hostKey: 'ssh-ed25519 AAAA' };
const SECRETS = { password: CANARY };

export const LOAN_POOLS = JSON.stringify({
  pools: [
    {
      ...{ name: 'lab', kind: 'account', driver: 'simulated', size: 2 },
      lease: { default: '8d', maximum: '30d' },
    },
    {
      ...{ name: 'hosts', kind: 'host', driver: 'static' },
      lease: { default: '8d', maximum: '30d' },
      resources: [{ name: 'box', fields: HOST, secrets: SECRETS }],
    },
  ],
});

/** A run of a command in a world, made for one situation. */
type Prepare = (world: World, situation: Situation) => Run | Promise<Run>;

/** Every command of loans; a name may end in words. Pool `hosts` is free before each run. */
export const LOAN_CASES: Readonly<Record<string, Prepare>> = {
  exec: (world) =>
    runIn(world, [
      ...['exec', '--pool', 'hosts', '--', 'sh', '-c'],
      'echo "I have $HOLDFAST_HOSTS_1_NAME"; exit 3',
    ]),
  'exec in the queue': (world, situation) =>
    inQueue(world, situation, ['exec', '--pool', 'lab', '--', 'echo', 'it runs']),
  reserve: (world) => runIn(world, ['reserve', '--pool', 'hosts', '--note', 'a try']),
  'reserve in the queue': (world, situation) =>
    inQueue(world, situation, ['reserve', '--pool', 'lab']),
  'reserve without a wait': (world) => runIn(world, ['reserve', '--pool', 'lab', '--wait', '0s']),
  wait: (world) => runIn(world, ['wait', world.loan]),
  'wait in the queue': async (world, situation) =>
    inQueue(world, situation, ['wait', await reserved(world.bea, 'lab', 1)]),
  extend: (world) => runIn(world, ['extend', world.loan, '1m']),
  release: async (world) => runIn(world, ['release', await reserved(world.admin, 'hosts', 1)]),
  'release --all': (world) => runIn(world, ['release', '--all']),
  ssh: async (world) => {
    const run = runIn(world, ['ssh', await reserved(world.admin, 'hosts', 1), '--', 'uptime']);
    return { ...run, env: { ...run.env, PATH: `${pretendedSsh()}:${process.env.PATH}` } };
  },
  'ssh without a host': (world) => runIn(world, ['ssh', world.loan]),
};

/** Gives a run that waits behind the queued request until it sees that, and is served then. */
function inQueue(world: World, { isRefused }: Situation, words: string[]): Run {
  const run = runIn(world, words);
  if (isRefused) return run;
  const meanwhile = async (running: Watched) => {
    await running.shows(/place 2/);
    await world.admin.delete(`/v1/reservations/${world.queued}`);
    await world.admin.delete(`/v1/reservations/${world.loan}`);
    await world.server.test.settle();
  };
  return { ...run, meanwhile };
}

/** A directory with an `ssh` that says who called it, and fails as the command there did. */
function pretendedSsh(): string {
  const directory = temporaryDirectory();
  const program = join(directory, 'ssh');
  writeFileSync(program, '#!/bin/sh\nfor last; do :; done\necho "there: $last"\nexit 4\n');
  chmodSync(program, 0o755);
  return directory;
}

/** Those that change nothing by which another would look different: they can share a world. */
export const SHARING = ['reserve without a wait', 'wait', 'extend', 'ssh without a host'];
