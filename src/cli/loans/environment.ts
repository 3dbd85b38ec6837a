import type { HeldResource } from '../../client';
import { Refusal } from '../exit-codes';
import { lineOf, quoted, variableOf } from '../remote/fields';

/** Names and values for an environment. */
export type Variables = Record<string, string>;

/** The part of a loan that a program can read. */
export interface Held {
  id: string;
  resources: readonly HeldResource[];
}

const PREFIX = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Values that every reader of such a file takes alike, quoted or not. */
const PLAIN = /^[A-Za-z0-9_./:@%+=,-]+$/;

/**
 * The variables of a loan: `HOLDFAST_LOAN` and `HOLDFAST_URL`, and for each resource those that
 * begin with the prefix, the name of its pool and its number there: id, name, pool, and every field
 * of its details and credentials. Pools whose names are alike in capitals count on; so do fields.
 * Errors: Refusal `usage` for a prefix that cannot begin a name.
 */
export function variablesOf(loan: Held, url: string, prefix = 'HOLDFAST_'): Variables {
  if (!PREFIX.test(prefix))
    throw new Refusal('usage', `--prefix: ${JSON.stringify(prefix)} cannot begin a variable.`);
  const variables: Variables = { HOLDFAST_LOAN: loan.id, HOLDFAST_URL: url };
  const counts = new Map<string, number>();
  for (const resource of loan.resources) {
    const pool = variableOf(resource.pool).replace(/^_(?=\d)/, '');
    const number = (counts.get(pool) ?? 0) + 1;
    counts.set(pool, number);
    for (const [field, value] of fieldsOf(resource))
      variables[free(`${prefix}${pool}_${number}_${variableOf(field)}`, variables)] = value;
  }
  return variables;
}

/** The credentials come last: they say for this loan what the details say in general. */
function fieldsOf({ id, name, pool, details, credentials }: HeldResource): [string, string][] {
  const fields = { ...details, ...credentials };
  return Object.entries({ ID: id, NAME: name, POOL: pool, ...fields }).map(([field, value]) => [
    field,
    withoutNul(lineOf(value)),
  ]);
}

/** A name that is not taken: the second of the same gets a number. */
function free(name: string, taken: Variables): string {
  let number = 1;
  while (Object.hasOwn(taken, number === 1 ? name : `${name}_${number}`)) number += 1;
  return number === 1 ? name : `${name}_${number}`;
}

/** No environment can hold the character that ends a value. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}

/** Lines `NAME=value` for a shell and for readers of `.env` files; quoted where they have to be. */
export function assignmentLines(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${PLAIN.test(value) ? value : quoted(value)}\n`)
    .join('');
}

/** A loan as a program reads it. */
export function loanDocument({ id, resources }: Held, url: string): string {
  return `${JSON.stringify({ id, url, resources }, null, 2)}\n`;
}

/** Secrets of the caller, which are none of the command's business. */
const SECRETS = ['HOLDFAST_TOKEN', 'HOLDFAST_PASSWORD'];

/**
 * The environment of a command: that of the caller, without the caller's own secrets unless
 * `passToken`, and the variables of the loan.
 */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  variables: Variables,
  passToken: boolean,
): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => passToken || !SECRETS.includes(name));
  return { ...Object.fromEntries(kept), ...variables };
}

/** The variable by which processes of a loan are known, whatever else they change. */
export function markerOf(id: string): string {
  return `HOLDFAST_RUN_${id.replace(/[^A-Za-z0-9]/g, '')}`;
}
