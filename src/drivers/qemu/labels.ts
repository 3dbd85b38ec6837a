import type { Call, DiscoveredResource, Target } from '../driver';
import { DriverError } from '../driver';
import { shortId } from '../ssh-login/names';

/** Separates the parts of a handle; no id or pool name contains it. */
const SEPARATOR = '~';
const PART = /^[A-Za-z0-9._-]{1,63}$/;
/** Ends the name of a folder that is being removed. */
const GOING = 'gone';

/**
 * The parts of a handle: the name of a guest's folder, and of its process. It is the whole label, so
 * that nothing can exist without one.
 */
export interface Label {
  pool: string;
  resourceId: string;
  operationId: string;
  attempt: number;
  /** Is its removal under way? */
  isGoing: boolean;
}

/**
 * The handle of what this attempt of an operation makes. Errors: DriverError for an id that cannot
 * be part of a file name.
 */
export function handleOf({ pool, resourceId }: Target, { operationId, attempt }: Call): string {
  const parts = [pool, resourceId, operationId, String(attempt)];
  if (!parts.every((part) => PART.test(part)))
    throw new DriverError('resource', 'The name of its pool or an id cannot name a file.');
  return parts.join(SEPARATOR);
}

/** The label in a handle; null if it is none. */
export function labelOf(handle: string): Label | null {
  const parts = handle.split(SEPARATOR);
  const isGoing = parts.at(-1) === GOING;
  if (isGoing) parts.pop();
  if (parts.length !== 4 || !parts.every((part) => PART.test(part))) return null;
  const [pool, resourceId, operationId, attempt] = parts as [string, string, string, string];
  return { pool, resourceId, operationId, attempt: Number(attempt), isGoing };
}

/** The name that a folder has while it is removed. */
export function goingNameOf(handle: string): string {
  return labelOf(handle)?.isGoing ? handle : `${handle}${SEPARATOR}${GOING}`;
}

/** A handle with this label, as `list` gives it. */
export function foundAs(handle: string, { resourceId, operationId }: Label): DiscoveredResource {
  return { handle, resourceId, operationId };
}

/** The start of the name of every guest's process of an installation. */
export function processPrefix(installation: string): string {
  return `guest=holdfast-${shortId(installation)}-`;
}
