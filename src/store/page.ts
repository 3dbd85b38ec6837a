/**
 * One page of a list in order of id: what comes after `after`, or the first page where that is
 * null. Ids are ASCII and ordered by their bytes, in every store and on every page; one that is
 * made later comes later in all but the same millisecond.
 */
export interface Page {
  after: string | null;
  limit: number;
}
