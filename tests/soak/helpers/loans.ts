/** One loan as its client saw it; monotonic ms. */
export interface SeenLoan {
  resource: string;
  reservation: string;
  generation: number;
  priority: number;
  /** When the answer came that it is ours. */
  from: number;
  /** When we asked to give it back. */
  to: number;
}

/** Pairs of holds of one resource that overlap. */
export function overlaps(loans: SeenLoan[]): string[] {
  const faults: string[] = [];
  for (const [resource, holds] of byResource(loans)) {
    const inOrder = [...holds].sort((a, b) => a.from - b.from);
    for (let index = 1; index < inOrder.length; index += 1) {
      const [before, after] = [inOrder[index - 1]!, inOrder[index]!];
      if (after.from < before.to)
        faults.push(`${resource}: ${before.reservation} and ${after.reservation}`);
      if (after.generation <= before.generation)
        faults.push(`${resource}: generation ${after.generation} after ${before.generation}`);
    }
  }
  return faults;
}

function byResource(loans: SeenLoan[]): Map<string, SeenLoan[]> {
  const groups = new Map<string, SeenLoan[]>();
  for (const loan of loans) groups.set(loan.resource, [...(groups.get(loan.resource) ?? []), loan]);
  return groups;
}
