import { createHash } from 'node:crypto';
import { DriverError } from '../driver';
import type { Api } from './api';
import { iamIdOf } from './issued';
import { removeMarker } from './marker';
import { INVENTORY, type InventoryKind, type Item } from './kinds';

/** Everything that one search has found. */
export interface Findings {
  /** At most a hundred and one of each kind, in the order of removal. */
  items: { kind: InventoryKind; id: string }[];
  /** How many of them can do something by themselves, or give others access. */
  seeds: number;
  /** IAM ids of our own things for which somebody else has made a key. */
  borrowed: string[];
  /** There are more than one search removes. */
  isPartial: boolean;
  /** Everything else, which stays; complete if nothing was found. */
  staying: string[];
}

/** The most things of one kind that one search removes, so that it fits into a call. */
const MOST = 100;

/** The things of our own that a search leaves in place. */
export interface OwnThings {
  ids: readonly string[];
  /** Service IDs of credentials that are to work on. */
  serviceIds: readonly string[];
}

/** Searches the account for everything that is not on the list of things to keep. */
export async function inspect(api: Api, own: OwnThings): Promise<Findings> {
  const isRight = await rightsIn(api, own);
  const result: Findings = { items: [], seeds: 0, borrowed: [], isPartial: false, staying: [] };
  for (const kind of INVENTORY) {
    const stays = (id: string) => void result.staying.push(`${kind.name} ${id}`);
    const found = await strangersOf(api, kind, isRight, stays);
    result.items.push(...found.slice(0, MOST).map(({ id }) => ({ kind, id })));
    result.isPartial ||= found.length > MOST;
    if (!kind.isInert) result.seeds += found.length;
    if (kind.isSecret) result.borrowed.push(...ownersAmong(found, own));
  }
  return result;
}

/**
 * Removes what was found. A marker for which somebody made a key goes first: its tokens would live
 * as long as it, and the next call makes another. Errors: DriverError `resource` that names a thing
 * which cannot be removed, after all others were.
 */
export async function removeFound(
  api: Api,
  { ids }: OwnThings,
  { items, borrowed }: Findings,
): Promise<void> {
  for (const id of ids) if (borrowed.includes(iamIdOf(id))) await removeMarker(api, id);
  const stuck: string[] = [];
  for (const { kind, id } of items)
    if (!(await removed(api, kind, id))) stuck.push(`${kind.name} ${id}`);
  if (stuck.length > 0)
    throw new DriverError('resource', `Some things cannot be removed: ${listed(stuck)}.`);
}

/** Searches and removes in one, where no record is needed in between. */
export async function sweep(api: Api, own: OwnThings): Promise<Findings> {
  const findings = await inspect(api, own);
  await removeFound(api, own, findings);
  return findings;
}

/** A hash of what stays in an account: SHA-256, in hex. */
export function inventoryOf({ staying }: Pick<Findings, 'staying'>): string {
  return createHash('sha256')
    .update([...staying].sort().join('\n'))
    .digest('hex');
}

/** Those of one kind that may not be there; all are listed before the first is removed. */
async function strangersOf(
  api: Api,
  kind: InventoryKind,
  { isKept, isOurs }: Rights,
  stays: (id: string) => void,
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of kind.list(api, isKept)) {
    const isListed = [item.id, ...(item.aliases ?? [])].some(
      (id) => id !== undefined && isKept(id),
    );
    if (isListed || isOurs(item, kind)) stays(item.id);
    else if (found.push(item) > MOST) break;
  }
  return found;
}

function ownersAmong(found: readonly Item[], { ids, serviceIds }: OwnThings): string[] {
  const ours = new Set([...ids, ...serviceIds].map(iamIdOf));
  return found.flatMap(({ owner }) => (owner !== undefined && ours.has(owner) ? [owner] : []));
}

interface Rights {
  /** Is it on the list? */
  isKept: (id: string) => boolean;
  /** Does it belong to something of our own, and did the administration make it? */
  isOurs: (item: Item, kind: InventoryKind) => boolean;
}

/**
 * A key or policy of a credential that works on is ours only if the administration made it: a
 * holder may have added another.
 */
async function rightsIn(api: Api, { ids, serviceIds }: OwnThings): Promise<Rights> {
  const { keyId, iamId } = await api.administration();
  const { account, context } = api;
  const kept = new Set([
    ...context.settings.keep,
    ...(account.witness === undefined ? [] : [account.witness]),
    ...[keyId, iamId, iamId.replace(/^iam-(?=ServiceId-)/, ''), ...ids, ...serviceIds],
  ]);
  const owners = new Set(serviceIds.map(iamIdOf));
  return {
    isKept: (id) => kept.has(id),
    isOurs: ({ owner, maker }, { keepsOfAdministration = false }) =>
      owner !== undefined &&
      ((owners.has(owner) && maker === iamId) ||
        (owner === iamId && (keepsOfAdministration || maker === iamId))),
  };
}

async function removed(api: Api, kind: InventoryKind, id: string): Promise<boolean> {
  try {
    await kind.remove(api, id);
    return true;
  } catch (error) {
    if (error instanceof DriverError && error.scope === 'resource') return false;
    throw error;
  }
}

function listed(texts: readonly string[]): string {
  const [first, second, ...more] = texts;
  if (second === undefined) return first!;
  return more.length === 0 ? `${first}, ${second}` : `${first}, ${second} and ${more.length} more`;
}
