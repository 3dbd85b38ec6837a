/**
 * One page of a list in order of id: the rows after `after`, or the first page if that is null. Ids
 * are ASCII and ordered by their bytes, in every store and on every page; an id made later sorts
 * later, except within the same millisecond.
 */
export interface Page {
  after: string | null;
  limit: number;
}
