import type {
  CountedFailure,
  CountedReturn,
  PlaceInTime,
} from '../../../src/domain/history/counting';
import { keyOf, type StoredTally } from '../../../src/domain/history/tally';
import type { Answer, Query, QueryName } from '../../../src/domain/query';
import type { World } from './world';

/** The past of a world, as far as no other thing of it tells. */
export interface Past {
  returns: CountedReturn[];
  failures: CountedFailure[];
  tallies: StoredTally[];
}

type Answers = { [K in QueryName]: (query: Query<K>) => Answer<K> };
type PastAnswers = Pick<
  Answers,
  | 'endedAfter'
  | 'goneAfter'
  | 'returnsAfter'
  | 'failuresAfter'
  | 'tallies'
  | 'talliesBetween'
  | 'liveHoldings'
  | 'createdAt'
>;

const isAfter = (a: PlaceInTime, b: PlaceInTime) => a.at > b.at || (a.at === b.at && a.id > b.id);

/** Answers about the past of a world. */
export function pastAnswers(world: World): PastAnswers {
  const { resources, reservations, allocations } = world;
  const { returns = [], failures = [], tallies = [] } = world;
  const poolOf = (id: string) => resources.find((each) => each.id === id)?.poolId ?? null;
  const between = <T>(
    rows: (T & PlaceInTime)[],
    { after, before, limit }: { after: PlaceInTime; before: number; limit: number },
  ): T[] =>
    rows
      .filter((row) => isAfter(row, after) && row.at < before)
      .sort((a, b) => (isAfter(a, b) ? 1 : -1))
      .slice(0, limit);
  return {
    endedAfter: (query) =>
      between(
        reservations.flatMap((each) =>
          each.endedAt === null
            ? []
            : [
                {
                  ...each,
                  at: each.endedAt,
                  endedAt: each.endedAt,
                  holdings: allocations
                    .filter(({ reservationId }) => reservationId === each.id)
                    .map((one) => ({ ...one, poolId: poolOf(one.resourceId) })),
                },
              ],
        ),
        query,
      ),
    goneAfter: (query) =>
      between(
        resources.flatMap(({ destroyedAt, ...each }) =>
          destroyedAt === null ? [] : [{ ...each, destroyedAt, at: destroyedAt }],
        ),
        query,
      ),
    returnsAfter: ({ after, limit }) => returns.filter(({ seq }) => seq > after).slice(0, limit),
    failuresAfter: ({ after, limit }) => failures.filter(({ seq }) => seq > after).slice(0, limit),
    tallies: ({ keys }) =>
      keys.map((key) => tallies.find((each) => keyOf(each) === keyOf(key))?.tally ?? null),
    talliesBetween: ({ poolId, step, since, until }) =>
      tallies.filter(
        (each) =>
          each.poolId === poolId && each.step === step && each.at >= since && each.at <= until,
      ),
    liveHoldings: ({ poolIds }) =>
      allocations
        .filter(({ endedAt }) => endedAt === null)
        .map(({ resourceId, reservationId, startedAt }) => {
          const { requestedAt } = reservations.find(({ id }) => id === reservationId)!;
          return { reservationId, requestedAt, poolId: poolOf(resourceId)!, startedAt };
        })
        .filter((each) => poolIds.includes(each.poolId)),
    createdAt: ({ poolIds }) =>
      resources
        .filter((each) => each.destroyedAt === null && poolIds.includes(each.poolId))
        .map(({ createdAt }) => createdAt),
  };
}
