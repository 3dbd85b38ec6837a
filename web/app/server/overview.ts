import { batch, signal } from '@preact/signals';
import { noteServerTime } from '../parts/now-signal';
import { backOff } from './back-off';
import { holdfast, type Schemas } from './client';
import { loadScopes, noteRefusal } from './session';

export type Overview = Schemas['Overview'];
export type PoolOverview = Schemas['PoolOverview'];

/** All pools as they are now; null: not known yet. */
export const overview = signal<Overview | null>(null);

/** Is the page live? `paused`: nobody looks at it. */
export const connection = signal<'connecting' | 'live' | 'lost' | 'paused'>('connecting');

/** Something has changed: in a pool, or elsewhere; null: anything may have, since we were away. */
export type Change = { pool: string } | { types: readonly string[] } | null;

const listeners = new Set<(change: Change) => void>();

/** Calls `listener` with every change; returns a function that ends that. */
export function onChange(listener: (change: Change) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How long a hidden page goes on, in ms; people often look away for a moment only. */
const HIDDEN_FOR = 10_000;

/** Keeps `overview` true while somebody looks. Returns a function that ends it. */
export function followOverview(): () => void {
  let following: AbortController | null = null;
  let timer: number | undefined;
  const begin = () => {
    clearTimeout(timer);
    if (following) return;
    following = new AbortController();
    void follow(following.signal);
  };
  const end = () => {
    clearTimeout(timer);
    following?.abort();
    following = null;
    connection.value = 'paused';
  };
  const look = () => {
    if (document.visibilityState === 'visible') begin();
    else timer = setTimeout(end, HIDDEN_FOR);
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    end();
    overview.value = null;
  };
}

/** Opens the stream again after every end but that of the session: a proxy may answer anything. */
async function follow(until: AbortSignal): Promise<void> {
  connection.value = 'connecting';
  for (let failures = 0; !until.aborted; failures++) {
    try {
      for await (const message of holdfast.overview.follow({ signal: until })) {
        if (until.aborted) return;
        if (message.type !== 'lost') failures = 0;
        batch(() => receive(message));
      }
    } catch (error) {
      if (until.aborted) return;
      noteRefusal(error);
    }
    connection.value = 'lost';
    await backOff(failures, until);
  }
}

type Message =
  ReturnType<typeof holdfast.overview.follow> extends AsyncGenerator<infer M> ? M : never;

function receive(message: Message): void {
  if (message.type === 'lost') {
    connection.value = 'lost';
    return;
  }
  connection.value = 'live';
  if (message.type === 'overview') {
    noteServerTime(message.data.asOf);
    overview.value = message.data;
    tell(null);
  } else if (message.type === 'pool') {
    putPool(message.data);
    tell({ pool: message.data.name });
  } else if (message.type === 'pool.removed') {
    removePool(message.data.id);
    tell({ pool: message.data.name });
  } else if (message.type === 'counts') {
    if (overview.value) overview.value = { ...overview.value, reservations: message.data };
  } else {
    // It may be about the reader's own role.
    if (message.data.types.includes('user.changed')) void loadScopes();
    tell({ types: message.data.types });
  }
}

/** Pools stay in the order of their names. */
function putPool(pool: PoolOverview): void {
  changePools((pools) =>
    [...pools.filter(({ id, name }) => id !== pool.id && name !== pool.name), pool].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  );
}

/** By its id: another one may have its name by now. */
function removePool(gone: string): void {
  changePools((pools) => pools.filter(({ id }) => id !== gone));
}

function changePools(change: (pools: readonly PoolOverview[]) => PoolOverview[]): void {
  if (overview.value) overview.value = { ...overview.value, pools: change(overview.value.pools) };
}

function tell(change: Change): void {
  for (const listener of listeners) listener(change);
}
