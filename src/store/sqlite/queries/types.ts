import type { Answer, Loading, Query, QueryName } from '../../../domain/query';

/** How each query is answered. */
export type Answers = { [K in QueryName]: (query: Query<K>) => Answer<K> };

/** Runs a plan to its end: each of its queries is answered as it comes. */
export type Run = <T>(plan: Loading<T>) => T;
