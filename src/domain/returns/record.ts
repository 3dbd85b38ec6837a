import type { DecisionContext } from '../context';
import type { Resource } from '../lifecycle/resource';
import type { Kind, Pool } from '../pools/pool';
import type { Evidence } from './evidence';
import { neededLevel } from './demand';
import { asOf } from './joining';
import { isBelow, levelOf, type Level } from './level';
import type { ReturnCause, ReturnStep, WayBack } from './way-back';

/**
 * `returned`: it may be lent again. `refused`: less was shown than its pool asks for, so that it is
 * in quarantine. `removed`: it was removed instead.
 */
export const RETURN_OUTCOMES = ['returned', 'refused', 'removed'] as const;
export type ReturnOutcome = (typeof RETURN_OUTCOMES)[number];

/** The record of one way back. Written once, never changed; holds no secret. Times: epoch ms. */
export interface ReturnRecord {
  at: number;
  outcome: ReturnOutcome;
  level: Level;
  /** The level that the pool asked for; null where no holder had to be shown to be out. */
  needed: Level | null;
  cause: ReturnCause;
  /** When the loan ended, or the way back began otherwise. */
  since: number;
  resourceId: string;
  resource: string;
  kind: Kind;
  type: string;
  poolId: string;
  pool: string;
  driver: string;
  /** Of the software, drivers included; empty if unknown. */
  version: string;
  /** The generation of the resource after the loan. */
  generation: number;
  /** The reservation that held it; null if none did. */
  reservationId: string | null;
  steps: readonly ReturnStep[];
  shown: Evidence;
}

/** Ends the way back of a resource; null if it was on none. */
export function recordOf(
  resource: Resource,
  pool: Pool,
  ending: 'ready' | 'removed',
  { now, version = '' }: DecisionContext,
): ReturnRecord | null {
  const { wayBack } = resource;
  if (!wayBack) return null;
  const { cause, since, reservationId, steps } = wayBack;
  const shown = asOf(withoutOwn(wayBack.shown, resource, ending), now);
  const level = levelOf(shown);
  const needed = neededFor(wayBack, pool);
  const falls = needed !== null && isBelow(level, needed);
  return {
    at: now,
    outcome: ending === 'removed' ? 'removed' : falls ? 'refused' : 'returned',
    ...{ level, needed, cause, since },
    resourceId: resource.id,
    resource: resource.name,
    kind: resource.kind,
    type: resource.type,
    poolId: pool.id,
    pool: pool.name,
    driver: pool.driver,
    version,
    generation: resource.generation,
    ...{ reservationId, steps, shown },
  };
}

/** A resource that is lent under the handle that is said to be gone is no new one. */
function withoutOwn(
  { replaced, ...rest }: Evidence,
  { handle }: Resource,
  ending: 'ready' | 'removed',
): Evidence {
  const isSame = ending === 'ready' && replaced?.gone === handle;
  return replaced && !isSame ? { ...rest, replaced } : rest;
}

/**
 * Only a holder has to be shown to be out. After a restore nobody knows which logins were given away
 * since the backup, so that none can be tried: every driver call is made, and the record tells what
 * that has shown.
 */
function neededFor({ cause }: WayBack, pool: Pool): Level | null {
  return cause === 'loan' ? neededLevel(pool) : null;
}

/** Why a record keeps its resource in quarantine, for admins. */
export function shortfall({ level, needed }: ReturnRecord): string {
  return `The return has shown ${level}, and the pool asks for ${needed}.`;
}
