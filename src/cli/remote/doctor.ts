import type { Command } from 'commander';
import { Refusal, type EXIT } from '../exit-codes';
import { plain } from '../plain';
import { checkAll, type Check, type Finding } from './checks';
import { showingCommand } from './command';
import { patienceOf, targetOf } from './connect';
import { formatOf, show } from './output';
import { painted, stdoutCanvas, wrapped, type Colour } from './table';

const COLOURS: Readonly<Record<Finding['state'], Colour>> = {
  ok: 'green',
  warn: 'yellow',
  fail: 'red',
};

/** `holdfast doctor`: checks everything between this command line and the server. */
export function addDoctor(program: Command): void {
  showingCommand(program, 'doctor', {
    about:
      'Check the configuration, the way to the server, its clock and version, the token, and the ' +
      'output; say what to do about each fault.',
    examples: ['doctor', 'doctor -o json'],
  }).action(async (_options: unknown, command: Command) => {
    const findings = await checkAll(targetOf(command), patienceOf(command));
    const lines = findings.flatMap(linesOf);
    await show(command, {
      body: { ok: findings.every(({ state }) => state !== 'fail'), findings },
      name: findings.map(({ check, state }) => `${check} ${state}`).join('\n'),
      facts: lines.join('\n'),
    });
    refuseIfFaulty(findings, formatOf(command) === 'table');
  });
}

/** On a narrower terminal, the details stand below the name of the check. */
const NARROW = 60;
const MARK = 6;
const NAME = 15;

function linesOf({ check, state, detail, advice }: Finding): string[] {
  const canvas = stdoutCanvas();
  const { columns = Infinity } = canvas;
  const indent = columns < NARROW ? MARK : MARK + NAME;
  const texts = [wrapped(plain(detail), columns - indent)];
  if (advice !== undefined) texts.push(wrapped(`→ ${advice}`, columns - indent));
  const lines = texts.flat().map((line) => `${' '.repeat(indent)}${line}`);
  const mark = `${painted(state.padEnd(MARK - 2), COLOURS[state], canvas)}  `;
  if (columns < NARROW) return [`${mark}${check}`, ...lines];
  return [`${mark}${check.padEnd(NAME)}${texts[0]![0]}`, ...lines.slice(1)];
}

/** The exit codes by the first check that failed. */
const EXITS: Readonly<Partial<Record<Check, keyof typeof EXIT>>> = {
  configuration: 'config',
  token: 'denied',
};

function refuseIfFaulty(findings: readonly Finding[], isTold: boolean): void {
  const failed = findings.filter(({ state }) => state === 'fail');
  const [first] = failed;
  if (first === undefined) return;
  const where = isTold ? 'see above' : 'see stdout';
  throw new Refusal(
    EXITS[first.check] ?? 'unreachable',
    `${failed.length} of ${findings.length} checks failed: ${where}.`,
  );
}
