import { writeFileSync } from 'node:fs';
import { dashboards } from './dashboards';
import { docker } from './docker';
import { engineRatio } from './engine-ratio';
import { eventCost } from './event-cost';
import { cleanUp } from './ground';
import { growth } from './growth';
import { httpRatio } from './http-ratio';
import { memory } from './memory';
import { classOf, type Figure } from './result';
import { scarce } from './scarce';
import { streams } from './streams';
import { tokenPool } from './token-pool';
import { wakeUp } from './wake-up';
import { webhooks } from './webhooks';

const PARTS: Record<string, () => Promise<Figure[]>> = {
  engine: engineRatio,
  http: httpRatio,
  growth,
  tokens: tokenPool,
  scarce,
  'wake-up': wakeUp,
  memory,
  streams,
  dashboards,
  webhooks,
  events: eventCost,
  docker,
};

/** `run.js [--check] [--json <file>] [part …]`: all parts by default. */
async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const json = given.includes('--json') ? given[given.indexOf('--json') + 1]! : 'dist/bench.json';
  const asked = given.filter((word) => word in PARTS);
  const figures: Figure[] = [];
  for (const part of asked.length > 0 ? asked : Object.keys(PARTS)) {
    for (const figure of await PARTS[part]!()) {
      figures.push(figure);
      process.stdout.write(`${classOf(figure)}\n`);
    }
  }
  writeFileSync(
    json,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, figures }, null, 2)}\n`,
  );
  const missed = figures.filter(({ passes }) => passes === false);
  if (given.includes('--check') && missed.length > 0) process.exitCode = 1;
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  })
  .finally(() => {
    cleanUp();
    // A server that still runs when something failed would keep this process: it is killed with its
    // end.
    process.exit();
  });
