import type { Answer, Loading, Query, QueryName } from '../../../domain/query';
import type { Db } from '../database';
import type { PoolCache } from '../pool-cache';
import { loanAnswers } from './loans';
import { poolAnswers } from './pools';
import { queueAnswers } from './queues';
import { resourceAnswers } from './resources';
import { workAnswers } from './work';

/** How each query is answered. */
export type Answers = { [K in QueryName]: (query: Query<K>) => Answer<K> };

/** Answers to all queries, on one connection; statements are prepared when first needed. */
export function answersOf(db: Db, pools: PoolCache): Answers {
  return {
    ...poolAnswers(pools),
    ...queueAnswers(db),
    ...loanAnswers(db),
    ...resourceAnswers(db),
    ...workAnswers(db),
  };
}

/** Runs a plan to its end: each of its queries is answered as it comes. */
export type Run = <T>(plan: Loading<T>) => T;

/** Runs plans on these answers. */
export function runner(answers: Answers): Run {
  return (plan) => {
    let step = plan.next();
    while (!step.done) {
      const query = step.value;
      step = plan.next((answers[query.ask] as (query: Query) => unknown)(query));
    }
    return step.value;
  };
}
