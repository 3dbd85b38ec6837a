import type { Author } from '../../domain/author';
import type { Change } from '../../domain/change';

type Of<D extends Change['do']> = Extract<Change, { do: D }>;
type Apply<D extends Change['do']> = (change: Of<D>, now: number, author: Author) => void;

/** One function for each kind of change. */
export type Appliers = { [D in Change['do']]: Apply<D> };
