import type { Query } from '../../../domain/query';
import type { Db } from '../database';
import type { PoolCache } from '../pool-cache';
import { historyAnswers } from './history';
import { loanAnswers } from './loans';
import { poolAnswers } from './pools';
import { queueAnswers } from './queues';
import { resourceAnswers } from './resources';
import type { Answers, Run } from './types';
import { workAnswers } from './work';

/** Answers to all queries, on one connection; statements are prepared when first needed. */
export function answersOf(db: Db, pools: PoolCache): Answers {
  return {
    ...poolAnswers(pools),
    ...queueAnswers(db),
    ...loanAnswers(db),
    ...resourceAnswers(db),
    ...workAnswers(db),
    ...historyAnswers(db),
  };
}

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
