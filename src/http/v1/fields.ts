import type { DomainError } from '../../domain/errors';
import { spelled } from '../../domain/field';
import { RequestError } from '../request-error';

/** The wire names of fields that have another name in the domain. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  duration: 'durationSeconds',
  extension: 'extendSeconds',
  heartbeat: 'heartbeatSeconds',
  idempotencyKey: 'Idempotency-Key',
  version: 'If-Match',
};

/** The field at fault under its wire name; undefined if the error is not about a single field. */
export function wireField(error: DomainError): string | undefined {
  if (error instanceof RequestError) return error.field;
  if (error.field === undefined) return undefined;
  const field = spelled(error.field);
  return WIRE_NAMES[field] ?? field;
}
