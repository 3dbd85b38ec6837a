import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import type { Attempt } from '../service/people/authentication';
import { DomainError } from '../domain/errors';
import { placeOf } from './address';

/** The period for which calls and refused attempts are counted, in ms. */
export const WINDOW = 60_000;
/** The most places whose refused attempts are remembered. */
const MOST_PLACES = 100_000;
const SETTING = 'refused attempts';

/** Counts refused guesses at secrets by place; `most` in a window, 0 for any number. */
export class RefusedAttempts {
  private readonly counts = new LRUCache<string, number>({
    // With `max`, room for all of them would be taken, and filled, at the start.
    maxSize: MOST_PLACES,
    sizeCalculation: () => 1,
    ttl: WINDOW,
    ttlResolution: 0,
    noUpdateTTL: true,
  });

  constructor(readonly most: number) {}

  /** How many were refused in the present window, which begins with the first. */
  of(place: string): number {
    return this.counts.get(place) ?? 0;
  }

  /** An attempt from a place. */
  from(place: string): Attempt {
    return {
      from: place,
      admit: () => {
        if (this.most > 0 && this.of(place) >= this.most) throw tooMany(this.most, 'login');
      },
      refused: () => void this.counts.set(place, this.of(place) + 1),
    };
  }
}

/** Makes the counter of an app known to its requests. */
export function countAttempts(app: { set(name: string, value: unknown): unknown }, most: number) {
  const attempts = new RefusedAttempts(most);
  app.set(SETTING, attempts);
  return attempts;
}

/** The attempt that a request makes if it shows a secret that could be guessed. */
export function attemptOf(request: Request): Attempt {
  return (request.app.get(SETTING) as RefusedAttempts).from(placeOf(request));
}

/** The error for one call more than `most`. */
export function tooMany(most: number, what: string): DomainError {
  const message = `More than ${most} calls per minute (${what}); see Retry-After.`;
  return new DomainError('rate_limited', message);
}
