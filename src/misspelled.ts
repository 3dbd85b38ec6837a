import { distance } from 'fastest-levenshtein';
import { CONFIG_DEFAULTS } from './config-schema';
import type { Env } from './environment';

/** Shorter names are too like those of other programs. */
const SHORTEST = 6;
/** Letters that may be wrong, missing or too many. */
const MOST_WRONG = 2;

/** A variable that is not ours, and ours that it is probably meant to be. */
export interface Misspelled {
  name: string;
  meant: string;
}

/**
 * Variables that we ignore, but whose names are so like ours that they were probably meant for us:
 * `POOL_FILE`, `MASTERKEY`. In order of name.
 */
export function misspelledIn(env: Env): Misspelled[] {
  const ours = Object.keys(CONFIG_DEFAULTS);
  return Object.keys(env)
    .filter((name) => name.length >= SHORTEST && !ours.includes(name))
    .sort()
    .flatMap((name) => {
      const spelled = name.toUpperCase();
      const [nearest] = ours
        .map((meant) => ({ name, meant, wrong: distance(spelled, meant) }))
        .filter(({ meant, wrong }) => wrong <= MOST_WRONG && isDefault(env[meant], meant))
        .sort((a, b) => a.wrong - b.wrong);
      return nearest ? [{ name, meant: nearest.meant }] : [];
    });
}

/** Does a variable leave its default in force? A copy of `.env.example` sets all of them so. */
export function isDefault(text: string | undefined, name: string): boolean {
  const given = text?.trim();
  return !given || given === CONFIG_DEFAULTS[name];
}
