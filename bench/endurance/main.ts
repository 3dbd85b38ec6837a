import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { Dice } from '../dice';
import { cleanUp, temporaryDirectory } from '../ground';
import { classOf, type Figure } from '../result';
import { endure, type Endured } from './endure';
import { planOf } from './plan';
import { tableOf } from './verdict';

interface Options {
  minutes: string;
  warmUp: string;
  rate: string;
  seed: string;
  executable?: string;
  json: string;
}

const program = new Command('endurance')
  .description(
    'Keeps a server under a mixed, steady load with failures, and compares its last five ' +
      'minutes with its first.',
  )
  .option('--minutes <n>', 'how long it is measured, after the warm-up', '30')
  .option('--warm-up <n>', 'minutes before that', '2')
  .option(
    '--rate <n>',
    'callers that arrive in a second, each of whom makes about four calls',
    '20',
  )
  .option('--seed <n>', 'what chance is made of', String(Date.now() % 1_000_000_007))
  .option('--executable <path>', 'the executable to run, instead of dist/src/main.js')
  .option('--json <path>', 'where the figures go', 'dist/endurance.json')
  .addHelpText(
    'after',
    '\nExit code 1: a bound is missed; 2: it could not be run to its end. docs/endurance.md tells more.',
  );

async function main(options: Options): Promise<void> {
  const number = (name: keyof Options) => {
    const value = Number(options[name]);
    if (Number.isFinite(value) && value > 0) return value;
    return program.error(`--${name}: must be a number above 0.`, { exitCode: 2 });
  };
  const plan = planOf(number('minutes'), number('warmUp'), number('rate'), number('seed'));
  say(
    `seed ${plan.seed}, ${plan.rate} callers a second, ${plan.windows} windows of ` +
      `${plan.window / 60_000} minutes after ${plan.warmUp / 60_000}; what has ended is kept ` +
      `for ${plan.keep / 1000} s`,
  );
  const run = await endure(plan, {
    dice: new Dice(plan.seed),
    dataDir: temporaryDirectory(),
    executable: options.executable && resolve(options.executable),
    say,
  });
  report(run, options.json);
}

function report({ plan, book, samples, figures, scenarios }: Endured, json: string): void {
  say(`\n${tableOf(plan, book, samples)}\n`);
  for (const fault of book.faults) say(`fault: ${fault}`);
  say(`callers: ${scenarios}`);
  for (const figure of figures) say(classOf(figure));
  const routes = Object.fromEntries(
    book.routes().map((route) => [
      route,
      Array.from({ length: plan.windows }, (_none, window) => ({
        calls: book.sample(window, route).length,
        p99: book.p99(window, route),
      })),
    ]),
  );
  const report = {
    at: new Date().toISOString(),
    node: process.version,
    plan,
    figures,
    faults: book.faults,
    routes,
    rows: samples.rows,
    samples: samples.all,
  };
  writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  if (figures.some(({ passes }: Figure) => passes === false)) process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    cleanUp();
    process.exit(2);
  });
}

main(program.parse().opts<Options>())
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  })
  .finally(cleanUp);
