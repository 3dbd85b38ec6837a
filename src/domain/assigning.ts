/**
 * Who of one request gets what: its items, and the resources that could serve them. Pure, deterministic, and cheap where
 * the best first goes well.
 */

export interface WaitingItem {
  /** Lines that can serve it. */
  lines: number[];
  /** The one resource it asks for by name, or null. */
  resourceId: string | null;
  missing: number;
  /** Does it stand in its lines: would one more help the request? Also true of one that could pass on what it has. */
  wanting: boolean;
}

/** A resource that can be given away now, or is set aside for `setAsideFor`. */
export interface Candidate {
  resourceId: string;
  lineId: number;
  poolId: string;
  generation: number;
  rank: number;
  operationId: string | null;
  setAsideFor: string | null;
  setAsideItem: number | null;
}

/** What is free, line by line, best first; what one waiter takes can be taken back before the next one's turn. */
export class Free {
  private readonly byLine = new Map<number, Candidate[]>();
  private readonly taken = new Set<Candidate>();
  /** All before are taken. */
  private readonly from = new Map<number, number>();
  private lately: Candidate[] = [];

  constructor(available: Candidate[]) {
    for (const candidate of available) {
      const line = this.byLine.get(candidate.lineId);
      if (line) line.push(candidate);
      else this.byLine.set(candidate.lineId, [candidate]);
    }
  }

  /** The best that serves the item, the first of its lines first; null if there is none. */
  take(item: WaitingItem): Candidate | null {
    for (const line of item.lines) {
      const found = item.resourceId === null ? this.first(line) : this.byLine.get(line)?.find((candidate) => !this.taken.has(candidate) && fits(item, candidate));
      if (!found) continue;
      this.taken.add(found);
      this.lately.push(found);
      return found;
    }
    return null;
  }

  /** What was taken since the last time is gone. */
  settle(): void {
    this.lately = [];
  }

  /** What was taken since the last time is free again. */
  takeBack(): void {
    for (const candidate of this.lately) this.taken.delete(candidate);
    this.lately = [];
    this.from.clear();
  }

  private first(line: number): Candidate | undefined {
    const candidates = this.byLine.get(line) ?? [];
    let at = this.from.get(line) ?? 0;
    while (at < candidates.length && this.taken.has(candidates[at]!)) at += 1;
    this.from.set(line, at);
    return candidates[at];
  }
}

/**
 * What each item of a request can have: what is set aside for it already (`kept`), and what is free. Best first as long as
 * that goes well; where an item finds nothing, items that want the same lines make room for one another (augmenting paths,
 * which find an assignment whenever there is one: Berge 1957), so that no request stands in its own way.
 */
export function assign(items: WaitingItem[], kept: Candidate[][], free: Free): Candidate[][] {
  const given = kept.map((candidates) => [...candidates]);
  const find = (index: number, asked: Set<number>): boolean => {
    const item = items[index]!;
    asked.add(index);
    const candidate = free.take(item);
    if (candidate) return given[index]!.push(candidate) > 0;
    return items.some((_other, other) => {
      const spare = asked.has(other) ? undefined : given[other]!.find((theirs) => fits(item, theirs));
      if (!spare || !find(other, asked)) return false;
      given[other] = given[other]!.filter((theirs) => theirs !== spare);
      given[index]!.push(spare);
      return true;
    });
  };
  // Who has least choice chooses first: what then comes free suits the others, in whichever of their lines it does.
  const choosiest = items.map((_item, index) => index).sort((a, b) => choice(items[a]!) - choice(items[b]!));
  for (const index of choosiest) {
    for (let lacking = items[index]!.missing; lacking > 0 && find(index, new Set()); lacking -= 1);
  }
  return given;
}

function choice({ resourceId, lines }: WaitingItem): number {
  return resourceId === null ? lines.length : 0;
}

function fits(item: WaitingItem, candidate: Candidate): boolean {
  return item.lines.includes(candidate.lineId) && (item.resourceId === null || item.resourceId === candidate.resourceId);
}

/**
 * Which items one more resource would help: those that lack one, and those that lack none but keep what could go to one
 * that it helps. Of a request for {A, B} and {B, C} that has a B, an A helps as much as a C.
 */
export function wantingItems(items: WaitingItem[], missing: number[], given: Candidate[][]): boolean[] {
  const wanting = missing.map((count) => count > 0);
  for (let grown = true; grown; ) {
    const next = items.findIndex((item, index) => !wanting[index] && item.resourceId === null && items.some((other, at) => wanting[at] && given[index]!.some((candidate) => fits(other, candidate))));
    grown = next >= 0;
    if (grown) wanting[next] = true;
  }
  return wanting;
}
