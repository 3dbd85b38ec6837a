import type { Author } from '../domain/author';
import type { Concern } from './concerns';
import type { Reads } from './reads';
import type { Store } from './store';

/** A store whose transactions have an author, unless they name another. */
export class AuthoredStore implements Store {
  constructor(
    private readonly store: Store,
    private readonly author: Author,
  ) {}

  readonly transact: Store['transact'] = (load, decide, once, author = this.author) =>
    this.store.transact(load, decide, once, author);

  get read(): Reads {
    return this.store.read;
  }

  now(): number {
    return this.store.now();
  }

  onChange(listener: () => void, concern?: Concern): () => void {
    return this.store.onChange(listener, concern);
  }

  metadata(name: string): Promise<string | null> {
    return this.store.metadata(name);
  }

  setMetadata(name: string, value: string): Promise<void> {
    return this.store.setMetadata(name, value);
  }

  claimMetadata(name: string, value: string): Promise<string> {
    return this.store.claimMetadata(name, value);
  }

  rowsWritten(): number {
    return this.store.rowsWritten();
  }

  beat(job: string): Promise<void> {
    return this.store.beat(job);
  }

  heartbeats(): Promise<Record<string, number>> {
    return this.store.heartbeats();
  }

  prune(...given: Parameters<Store['prune']>): Promise<number> {
    return this.store.prune(...given);
  }

  probe(): Promise<void> {
    return this.store.probe();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
