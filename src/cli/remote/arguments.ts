import { InvalidArgumentError, type Command, type Option } from 'commander';
import { NotFoundError, type Holdfast, type Schemas } from '../../client';
import { millisecondsOf } from '../../client/duration';
import { wallMs } from '../../clock';
import { Refusal } from '../exit-codes';

type Resource = Schemas['Resource'];

const LARGEST_PAGE = 1000;

/** A whole number as an argument. Errors: InvalidArgumentError. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** An instant before now: RFC 3339, or a duration such as 2h. Gives RFC 3339. */
export function pastInstant(text: string): string {
  return instant(text, -1);
}

/** An instant after now: RFC 3339, or a duration such as 2h. Gives RFC 3339. */
export function futureInstant(text: string): string {
  return instant(text, 1);
}

function instant(text: string, sign: 1 | -1): string {
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  try {
    return new Date(wallMs() + sign * millisecondsOf(text, '')).toISOString();
  } catch {
    throw new InvalidArgumentError('It must be a time like 2026-01-31T12:00:00Z, or 30m, 2h, 1d.');
  }
}

/** Words separated by commas. */
export function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

/** Adds options of one kind. */
export function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

/** Gives the resource with this id or, where ids have none, this name. Errors: Refusal `missing`. */
export async function resourceOf(holdfast: Holdfast, named: string): Promise<Resource> {
  try {
    return await holdfast.resources.get(named);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  for await (const resource of holdfast.resources.list({ limit: LARGEST_PAGE }))
    if (resource.name === named) return resource;
  throw new Refusal('missing', `There is no resource ${named}.`);
}

/** Gives the user with this id, e-mail address or user name. Errors: Refusal `missing`. */
export async function userOf(holdfast: Holdfast, named: string): Promise<Schemas['User']> {
  try {
    return await holdfast.users.get(named);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  const wanted = named.toLowerCase();
  for await (const user of holdfast.users.list({ limit: LARGEST_PAGE }))
    if ([user.email, user.username].some((login) => login?.toLowerCase() === wanted)) return user;
  throw new Refusal('missing', `There is no user ${named}. See: holdfast users list`);
}

/** Gives at most so many entries of a list. */
export async function first<T>(listing: AsyncIterable<T>, most: number): Promise<T[]> {
  const rows: T[] = [];
  if (most > 0)
    for await (const row of listing) {
      rows.push(row);
      if (rows.length >= most) break;
    }
  return rows;
}

/** Options without those that the API does not know. */
export function queryOf<T extends object, K extends keyof T>(
  options: T,
  ...names: readonly K[]
): Pick<T, K> {
  const given = names.filter((name) => options[name] !== undefined && options[name] !== '');
  return Object.fromEntries(given.map((name) => [name, options[name]])) as Pick<T, K>;
}
