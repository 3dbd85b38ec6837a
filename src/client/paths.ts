import { InvalidError } from './errors';

/** Servers and `fetch` take these parts of a path away, so that another thing would be asked for. */
const DOTS = ['.', '..'];
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Fills the parameters of a path, such as `{id}`, in their order. Errors: `InvalidError` with the
 * parameter as its field, for a value that no path can hold.
 */
export function filledPath(path: string, values: readonly unknown[]): string {
  let index = 0;
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => partOf(name, String(values[index++])));
}

function partOf(name: string, value: string): string {
  if (value === '') throw refused(name, `The ${name} is empty.`);
  if (DOTS.includes(value)) throw refused(name, `The ${name} cannot be "${value}".`);
  if (LONE_SURROGATE.test(value)) throw refused(name, `The ${name} is no whole text.`);
  return encodeURIComponent(value);
}

function refused(field: string, detail: string): InvalidError {
  return new InvalidError({ code: 'invalid', status: 400, detail, field, requestId: '' });
}
