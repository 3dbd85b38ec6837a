import fc from 'fast-check';
import { isBelow, levelOf } from '../../../src/domain/returns/level';
import { Stage } from './driver';
import { Holder } from './holder';
import { Lifecycle } from './lifecycle';
import type { Mishap } from './server';

/** One adversarial course of events. */
export interface Course {
  /** How long the slowest server takes to learn of a change; ms. */
  delay: number;
  isFrozen: boolean;
  refreshes: boolean;
  holdersManageAccess: boolean;
  /** How many things each holder makes at most. */
  greed: number;
  /** One request in so many meets with a mishap; 0: none. */
  mishaps: number;
  loans: number;
  seed: number;
}

export const courses: fc.Arbitrary<Course> = fc.record({
  delay: fc.constantFrom(0, 3_000, 30_000, 120_000),
  isFrozen: fc.boolean(),
  refreshes: fc.boolean(),
  holdersManageAccess: fc.boolean(),
  greed: fc.integer({ min: 0, max: 12 }),
  mishaps: fc.constantFrom(0, 15, 60),
  loans: fc.integer({ min: 1, max: 2 }),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});

/** The outcome of a course, counted. */
export interface Tally {
  loans: number;
  /** Loans that began while a secret of an earlier holder worked. */
  unclean: number;
  /** Loans that began after a return that had shown less than R3. */
  below: number;
  /** Accounts that neither came back within three passes nor were quarantined with a reason. */
  lost: number;
  quarantined: number;
  /** The longest way back; ms. */
  longest: number;
}

export const NOTHING: Tally = {
  loans: 0,
  unclean: 0,
  below: 0,
  lost: 0,
  quarantined: 0,
  longest: 0,
};

/** Plays a course: the account is lent and comes back, under the eyes of those who know all. */
export async function play(course: Course): Promise<Tally> {
  const delays = [0, Math.round(course.delay / 2), course.delay];
  const { isFrozen, refreshes, holdersManageAccess } = course;
  const stage = await Stage.open({ delays, isFrozen, refreshes });
  try {
    const fraction = fractions(course.seed);
    const driver = stage.driver({ propagationMs: course.delay, holdersManageAccess });
    const life = new Lifecycle(driver, stage.clock);
    const holders: Holder[] = [];
    stage.server.meanwhile = () => holders.forEach((holder) => holder.act());
    stage.server.mishap = () => mishapOf(course.mishaps, fraction);
    const tally = { ...NOTHING };
    let secret = await life.arrive();
    if (!secret) return { ...tally, lost: 1 };
    for (let loan = 0; loan < course.loans; loan += 1) {
      // A holder who cannot manage access has but one key, and the tokens made with it.
      const greed = holdersManageAccess ? course.greed : 0;
      holders.push(new Holder(stage.account, secret, greed, fraction));
      for (let count = 0; count < 5; count += 1) holders.at(-1)!.act();
      stage.clock.at += Math.floor(fraction() * 3_600_000);
      const next = await life.comeBack();
      if (!next) return { ...tally, lost: 1 };
      secret = next;
      tally.loans += 1;
      if (holders.some((holder) => holder.working().length > 0)) tally.unclean += 1;
      if (isBelow(levelOf(life.shown), 'R3')) tally.below += 1;
      tally.longest = Math.max(tally.longest, life.passage.took);
    }
    tally.quarantined = life.passage.quarantines.length;
    tally.lost = life.passage.quarantines.filter((reason) => reason === '').length;
    return tally;
  } finally {
    await stage.close();
  }
}

/** A repeatable source of numbers in [0, 1). */
function fractions(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

function mishapOf(rate: number, fraction: () => number): Mishap | null {
  if (rate === 0 || fraction() >= 1 / rate) return null;
  const all: Mishap[] = [
    { status: 429, retryAfter: '7' },
    { status: 503 },
    { status: 500 },
    'cut before',
    'cut after',
  ];
  return all[Math.floor(fraction() * all.length)]!;
}

/** Adds up two tallies. */
export function sum(one: Tally, other: Tally): Tally {
  return {
    loans: one.loans + other.loans,
    unclean: one.unclean + other.unclean,
    below: one.below + other.below,
    lost: one.lost + other.lost,
    quarantined: one.quarantined + other.quarantined,
    longest: Math.max(one.longest, other.longest),
  };
}

/**
 * Plays `runs` random courses, those of a seed; gives the tally. Errors: of fast-check, with the
 * smallest course.
 */
export async function playMany(runs: number, seed: number): Promise<Tally> {
  let total = NOTHING;
  await fc.assert(
    fc.asyncProperty(courses, async (course) => {
      const tally = await play(course);
      total = sum(total, tally);
      expect(tally).toMatchObject({ unclean: 0, below: 0, lost: 0 });
    }),
    { seed, numRuns: runs },
  );
  return total;
}
