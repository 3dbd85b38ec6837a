import { DriverError, type Call, type Target } from '../driver';
import { handleOf, parseHandle } from './accounts';
import type { Api } from './api';
import { superseded } from './faults';
import { serviceIdsOf } from './pages';
import { noteIn, signed } from './seal';

/** The note in the description of a marker. */
export interface MarkerNote {
  installation: string;
  pool: string;
  resource: string;
  /** The operation, and its attempt, that took the account. */
  operation: string;
  attempt: number;
  generation: number;
  lastOperation: string;
  lastAttempt: number;
}

/** A service ID without any rights, which says whose account this is. */
export interface Marker {
  id: string;
  entityTag: string;
  note: MarkerNote;
}

const NAME = 'holdfast-account';

/** Every marker of the account, whoever's it is. */
export async function markersIn(api: Api): Promise<Marker[]> {
  const found: Marker[] = [];
  for await (const { id, name, description, entity_tag } of serviceIdsOf(api)) {
    const note = name === NAME ? noteIn<MarkerNote>(description, api.account.adminKey) : null;
    if (note) found.push({ id, entityTag: entity_tag, note });
  }
  return found;
}

/** The marker that a handle names, among those found. */
export function markerNamed(markers: readonly Marker[], handle: string): Marker | undefined {
  const { operation, attempt } = parseHandle(handle);
  return markers.find(({ note }) => note.operation === operation && note.attempt === attempt);
}

/** Takes the account. Returns null if somebody else has it, or came at the same time. */
export async function takeAccount(
  api: Api,
  target: Target,
  call: Call,
  installation: string,
): Promise<Marker | null> {
  const mine = ({ note }: Marker) =>
    note.installation === installation && note.resource === target.resourceId;
  const before = await markersIn(api);
  if (before.some((marker) => !mine(marker))) return null;
  for (const { id, note } of before) {
    if (note.operation === call.operationId && note.attempt > call.attempt) throw superseded();
    await removeMarker(api, id);
  }
  const { operationId: operation, attempt } = call;
  return mark(api, noteOf(target, call, { installation, operation, attempt }));
}

/**
 * The marker of a target, made anew if a holder has removed it: the account is ours as long as
 * nobody else has marked it. Errors: DriverError if somebody has.
 */
export async function markerFor(
  api: Api,
  target: Target,
  call: Call,
  installation: string,
): Promise<Marker> {
  const markers = await markersIn(api);
  const found = markerNamed(markers, target.handle ?? '');
  if (found) return found;
  const { operation, attempt } = parseHandle(target.handle ?? '');
  const note = noteOf(target, call, { installation, operation, attempt });
  const made = markers.length === 0 ? await mark(api, note) : null;
  if (!made) throw new DriverError('resource', 'The account has been taken by somebody else.');
  return made;
}

/** Marks the account. Returns null if it is marked by somebody else as well. */
async function mark(api: Api, note: MarkerNote): Promise<Marker | null> {
  const { accountId, adminKey } = api.account;
  const description = signed(note, adminKey);
  const made = await api.ask('mark the account', () =>
    api.identity.createServiceId({ accountId, name: NAME, description }),
  );
  // Give way to any other marker: of two that came together, at most one remains.
  const others = (await markersIn(api)).filter(({ id }) => id !== made.id);
  if (others.length === 0) return { id: made.id, entityTag: made.entity_tag, note };
  await removeMarker(api, made.id);
  return null;
}

function noteOf(
  { pool, resourceId: resource, generation }: Target,
  call: Call,
  taken: Pick<MarkerNote, 'installation' | 'operation' | 'attempt'>,
): MarkerNote {
  const last = { lastOperation: call.operationId, lastAttempt: call.attempt };
  return { ...taken, ...last, pool, resource, generation };
}

/**
 * Records that this call changes the account. Errors: DriverError for a late call: one of an older
 * operation or attempt than the last, unless its generation is higher.
 */
export async function takeTurn(
  api: Api,
  marker: Marker,
  { generation }: Target,
  { operationId, attempt }: Call,
): Promise<void> {
  const { note } = marker;
  const isOlder =
    operationId < note.lastOperation ||
    (operationId === note.lastOperation && attempt < note.lastAttempt);
  if (generation <= note.generation && isOlder) throw superseded();
  if (operationId === note.lastOperation && attempt === note.lastAttempt) return;
  const next = { ...note, generation, lastOperation: operationId, lastAttempt: attempt };
  const answer = await api.tryTo('take a turn', () =>
    api.identity.updateServiceId({
      id: marker.id,
      ifMatch: marker.entityTag,
      name: NAME,
      description: signed(next, api.account.adminKey),
    }),
  );
  if ('status' in answer)
    throw new DriverError('resource', 'Another call changed the account at the same time.');
}

/** Removes a marker, by the id of its service ID. No error if it is gone. */
export async function removeMarker(api: Api, id: string): Promise<void> {
  await api.find('remove the marker', () => api.identity.deleteServiceId({ id }));
}

/** The handle of a marked account. */
export function handleFor(api: Api, { note: { operation, attempt } }: Marker): string {
  return handleOf({ accountId: api.account.accountId, operation, attempt });
}
