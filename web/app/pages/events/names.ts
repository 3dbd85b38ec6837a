import { signal } from '@preact/signals';
import { holdfast } from '../../server/client';
import { may, me } from '../../server/session';
import type { Event } from './sentences';

/** Names of users by their ids; null: there is no such user any more. */
const names = signal<ReadonlyMap<string, string | null>>(new Map());
const asked = new Set<string>();
const waiting: string[] = [];
let busy = 0;
/** How many are looked up at once. */
const MOST = 4;

/** The name of a user; undefined: not known yet, or not to this reader. */
export function nameOf(id: string): string | null | undefined {
  return id === me.value?.id ? me.value.name : names.value.get(id);
}

/** Looks up the users whom events are about; only admins may read others. */
export function learnNames(events: readonly Event[]): void {
  if (!may('admin')) return;
  for (const { user } of events)
    if (user !== null && !asked.has(user)) {
      asked.add(user);
      waiting.push(user);
    }
  while (busy < MOST && waiting.length > 0) void lookUp();
}

async function lookUp(): Promise<void> {
  busy++;
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    const own = id;
    const name = await holdfast.users.get(own).then(
      (user) => user.name,
      () => null,
    );
    names.value = new Map([...names.value, [own, name]]);
  }
  busy--;
}
