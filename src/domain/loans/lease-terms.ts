import { DomainError } from '../errors';
import type { LeasePolicy, Pool } from '../pools/pool';
import type { AccessWish, Reservation } from './reservation';

/** The lease that a caller asks for; durations in ms. */
export interface LeaseWish {
  /** undefined: the pools' default; null: without an end. */
  duration?: number | null;
  /** Instead of a duration: when the lease ends, whenever it starts; epoch ms. */
  endsAt?: number;
  /** The longest silence of the holder, without the pools' grace; undefined: as the pools say. */
  heartbeat?: number;
}

type Terms = Pick<Reservation, 'duration' | 'maximum' | 'heartbeat' | 'prepare' | 'notice'>;

/**
 * The terms for lending resources of these pools together from `now` (epoch ms) on: the strictest of
 * each limit. Errors: `over_maximum`, `invalid`, with the field `duration`, `endsAt` or `heartbeat`.
 */
export function leaseTerms(pools: Pool[], wish: LeaseWish, now: number): Terms {
  const policies = pools.map(({ policy }) => policy.lease);
  const maximum = least(policies, 'maximum');
  const duration = durationOf(wish, least(policies, 'default'), now);
  if (duration === null && !policies.every(({ openEnded }) => openEnded)) {
    throw new DomainError(
      'invalid',
      'The policy of the pool requires a lease with an end.',
      'duration',
    );
  }
  if (duration !== null && maximum !== null && duration > maximum) {
    throw new DomainError(
      'over_maximum',
      `A lease can last at most ${maximum / 1000} seconds.`,
      wish.endsAt === undefined ? 'duration' : 'endsAt',
      { limit: maximum },
    );
  }
  return {
    duration,
    maximum,
    heartbeat: silenceOf(policies, wish.heartbeat),
    prepare: longestPreparation(pools),
    notice: longestNoticeOf(policies),
  };
}

function durationOf(
  { duration, endsAt }: LeaseWish,
  standard: number | null,
  now: number,
): number | null {
  if (endsAt === undefined) return duration === undefined ? standard : duration;
  if (endsAt <= now) throw new DomainError('invalid', 'That time has passed.', 'endsAt');
  return endsAt - now;
}

/** A caller may promise to be heard more often than the pools ask for, but not less often. */
function silenceOf(policies: LeasePolicy[], wish: number | undefined): number | null {
  const longest = longestSilence(policies);
  if (wish === undefined) return longest;
  const asked = wish + Math.min(...policies.map(({ grace }) => grace));
  if (longest !== null && asked > longest)
    throw new DomainError(
      'over_maximum',
      `These pools ask for a heartbeat within ${longest / 1000} seconds.`,
      'heartbeat',
      { limit: longest },
    );
  return asked;
}

/** The longest silence allowed, which includes the pool's grace; null: no heartbeat is needed. */
function longestSilence(policies: LeasePolicy[]): number | null {
  const values = policies.flatMap(({ heartbeat, grace }) =>
    heartbeat === null ? [] : heartbeat + grace,
  );
  return values.length === 0 ? null : Math.min(...values);
}

/** The longest preparation among the pools that open access; the others have nothing to prepare. */
function longestPreparation(pools: Pool[]): number {
  return Math.max(
    0,
    ...pools
      .filter(({ capabilities }) => capabilities.opensAccess)
      .map(({ policy }) => policy.lease.prepare),
  );
}

/** The longest notice that one of the pools asks for; null: none asks for any. */
function longestNoticeOf(policies: LeasePolicy[]): number | null {
  const values = policies.flatMap(({ notice }) => notice ?? []);
  return values.length === 0 ? null : Math.max(...values);
}

/** The smallest value of one limit, null standing for none. */
function least(policies: LeasePolicy[], field: 'default' | 'maximum'): number | null {
  const values = policies.map((policy) => policy[field]).filter((value) => value !== null);
  return values.length === 0 ? null : Math.min(...values);
}

/**
 * Errors: `unsupported` when no pool opens access per holder, or one of them does not accept keys.
 */
export function checkAccess(pools: Pool[], wish: AccessWish | null): void {
  if (!wish) return;
  const opening = pools.filter(({ capabilities }) => capabilities.opensAccess);
  if (opening.length === 0)
    throw new DomainError(
      'unsupported',
      'These pools do not set up access for each holder; leave "access" out.',
      'access',
    );
  if (
    wish.publicKey !== undefined &&
    opening.some(({ capabilities }) => !capabilities.accessByKey)
  ) {
    throw new DomainError('unsupported', 'These pools give access by password only.', [
      'access',
      'publicKey',
    ]);
  }
}
