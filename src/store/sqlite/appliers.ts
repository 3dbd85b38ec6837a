import type { Change } from '../../domain/change';

type Of<D extends Change['do']> = Extract<Change, { do: D }>;

/** One function for each kind of change. */
export type Appliers = { [D in Change['do']]: (change: Of<D>, now: number) => void };
