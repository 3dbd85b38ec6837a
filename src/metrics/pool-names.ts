import type { Store } from '../store/store';

/** The label of a pool that was deleted before its name was seen. */
const DELETED = 'deleted';

/** The names of pools by id: ids are no labels. Those of deleted pools stay known. */
export class PoolNames {
  private readonly names = new Map<string, string>();

  constructor(private readonly store: Pick<Store, 'read'>) {}

  /** Looks up the pools if any of these is not known. */
  async know(ids: readonly string[]): Promise<void> {
    if (ids.every((id) => this.names.has(id))) return;
    for (const { id, name } of await this.store.read.pools()) this.names.set(id, name);
    for (const id of ids) if (!this.names.has(id)) this.names.set(id, DELETED);
  }

  /** The name of a pool that was looked up. */
  name(id: string): string {
    return this.names.get(id) ?? DELETED;
  }
}
