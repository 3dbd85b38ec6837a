/** A demand for one resource: the ones that would do. */
export type Slot<R> = (resource: R) => boolean;

/** How many of the slots can have a resource of their own at once (Kuhn, 1955), the simple way. */
export function matched<R>(slots: Slot<R>[], resources: R[]): number {
  const owner = new Map<R, number>();
  const place = (slot: number, tried: Set<R>): boolean =>
    resources.some((resource) => {
      if (tried.has(resource) || !slots[slot]!(resource)) return false;
      tried.add(resource);
      const before = owner.get(resource);
      if (before !== undefined && !place(before, tried)) return false;
      owner.set(resource, slot);
      return true;
    });
  return slots.filter((_slot, index) => place(index, new Set())).length;
}
