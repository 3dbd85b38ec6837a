import type { Answer, Loading, Query, QueryName } from '../../../domain/query';

/** A function that answers each query. */
export type Answers = { [K in QueryName]: (query: Query<K>) => Answer<K> };

/** Runs a plan to its end, answering each query as it comes. */
export type Run = <T>(plan: Loading<T>) => T;
