import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { RunningServer } from '../../server';

/** Borders take four columns. */
const BORDERS = 4;
const WIDEST = 100;

/**
 * A box for the person at a terminal of so many columns: where the server is, how to begin, and what is
 * simulated; without borders where a command would not fit between them. `variables`: those that other
 * commands need to find its data.
 */
export function welcome(
  { url, isSetUp, newSetupToken, setupPage, notices }: RunningServer,
  variables: Readonly<Record<string, string>>,
  columns: number,
): string {
  const width = Math.min(WIDEST, columns) - BORDERS;
  const page = newSetupToken === null ? setupPage : 'the address above';
  const begin = isSetUp ? signIn(url) : setUp(url, page, variables);
  const texts = [`Holdfast serves at ${styleText('bold', url)}`, begin, ...notices];
  // In a box, a command that is wrapped or cut could not be copied.
  if (begin.split('\n').some((line) => line.length > width)) return `\n${texts.join('\n\n')}\n`;
  const table = new Table({
    colWidths: [width + 2],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const text of texts) table.push([text]);
  return table.toString();
}

function signIn(url: string): string {
  return `Open it in a browser, or sign in here:\nholdfast login --user ADDRESS --url ${url}`;
}

/** The first admin is made beside the server, and gets a token that the second command keeps. */
function setUp(url: string, page: string, variables: Readonly<Record<string, string>>): string {
  const set = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
  return (
    `There is no admin yet. Open ${page} in a browser,\n` +
    'or, in another terminal, in this directory:\n' +
    `${set.join('')}holdfast setup --name NAME --email ADDRESS |\n  holdfast login --url ${url}`
  );
}
