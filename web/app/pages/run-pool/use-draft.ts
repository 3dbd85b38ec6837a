import { useState } from 'preact/hooks';
import type { Tagged } from '../../server/tagged';
import { changedFields, fieldsOf, textsOf, type Pool, type Texts } from './draft';

/** A pool under change in a form. */
export interface Draft {
  /** The pool on which the edits stand. */
  base: Tagged<Pool>;
  /** The texts that the fields show. */
  texts: Texts;
  isChanged: boolean;
  /** Labels of the fields that somebody else has changed since `base` was read. */
  meanwhile: string[];
  set: (path: string, text: string) => void;
  /** Puts the edits onto the pool as it is now. */
  keepMine: () => void;
  /** Drops the edits. */
  takeTheirs: () => void;
  /** Takes the pool as it is after it was saved. */
  saved: (pool: Tagged<Pool>) => void;
}

interface Held {
  base: Tagged<Pool>;
  edits: Texts;
}

/** The edits of a pool. Without any, the form follows the pool; with some, it says what changed. */
export function useDraft(latest: Tagged<Pool>): Draft {
  const [held, setHeld] = useState<Held | null>(null);
  const base = held && keepsBase(held, latest) ? held.base : latest;
  const before = textsOf(base.body);
  const texts = { ...before, ...held?.edits };
  const fields = fieldsOf(base.body);
  return {
    base,
    texts,
    isChanged: changedFields(fields, before, texts).length > 0,
    meanwhile: isNewer(latest, base) ? theirChanges(base, latest) : [],
    set: (path, text) => setHeld({ base, edits: { ...held?.edits, [path]: text } }),
    keepMine: () => setHeld({ base: latest, edits: held?.edits ?? {} }),
    takeTheirs: () => setHeld(null),
    saved: (pool) => setHeld({ base: pool, edits: {} }),
  };
}

/** Edits stand on the pool as it was, once somebody has changed a field of it since. */
function keepsBase({ base, edits }: Held, latest: Tagged<Pool>): boolean {
  if (!isNewer(latest, base)) return true;
  return Object.keys(edits).length > 0 && theirChanges(base, latest).length > 0;
}

/** The tags of pools are numbers that rise with each change. */
function isNewer({ tag }: Tagged<Pool>, { tag: than }: Tagged<Pool>): boolean {
  return Number(tag) > Number(than);
}

function theirChanges({ body: base }: Tagged<Pool>, { body: latest }: Tagged<Pool>): string[] {
  const changed = changedFields(fieldsOf(base), textsOf(base), textsOf(latest));
  return changed.map(({ label }) => label);
}
