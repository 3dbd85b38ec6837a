import type { ImportFile } from '../../api/import-file';
import { DomainError } from '../../domain/errors';
import { SCOPES, type Principal, type User } from '../../domain/people/user';
import type { Engine } from '../../service/engine';
import { Reservations } from '../../service/loans/reservations';
import { importResource } from '../../service/pools/import-resource';
import { requirePerson } from './check';

type NewResource = Parameters<typeof importResource>[1];

const NO_CONTEXT = { requestId: null, idempotencyKey: null };

/**
 * Imports a resource; false if it is present already. Errors: `invalid`, `conflict` with the field
 * of the file.
 */
export async function importKnownResource(
  engine: Engine,
  entry: NewResource,
  at: string,
): Promise<boolean> {
  const { pool, type, name } = entry;
  const outcome = await importResource(engine, entry, at);
  switch (outcome) {
    case 'no_pool':
      throw new DomainError('invalid', `There is no pool ${pool}.`, `${at}.pool`);
    case 'no_type':
      throw new DomainError('invalid', `Pool ${pool} has no type ${type}.`, `${at}.type`);
    case 'leaving':
      throw new DomainError(
        'conflict',
        `${name} is still being removed; import it again once it is gone.`,
        `${at}.name`,
      );
    case 'taken':
      throw new DomainError('conflict', `${name} is the name of something else.`, `${at}.name`);
    default:
      return outcome === 'imported';
  }
}

/**
 * Imports a VM. If somebody holds it, it is requested in the holder's name, so that they get it
 * before anybody else as soon as it is adopted. False if it is present already. Errors: `invalid`,
 * `conflict` with the field of the file.
 */
export async function importVm(
  engine: Engine,
  { pool, type, number, name, heldBy }: ImportFile['vms'][number],
  at: string,
): Promise<boolean> {
  const holder = heldBy === undefined ? null : await requirePerson(engine, heldBy, `${at}.heldBy`);
  const imported = await importKnownResource(
    engine,
    { pool, kind: 'vm', type, number, name: name ?? null, secret: null, details: {} },
    at,
  );
  if (holder && name !== undefined && (await isNew(engine, name, holder)))
    await hold(engine, pool, name, holder);
  return imported;
}

/**
 * Was the VM never lent, and has its holder not requested it? True also when an earlier import was
 * interrupted right after it added the VM.
 */
async function isNew({ store: { read } }: Engine, name: string, holder: User): Promise<boolean> {
  const asked = await read.reservations(
    { userId: holder.id, status: 'queued' },
    { after: null, limit: 1000 },
  );
  const isAskedFor = asked.some(({ items }) => items[0]?.resource === name);
  return (await read.resource(name))?.resource.generation === 0 && !isAskedFor;
}

async function hold(engine: Engine, pool: string, name: string, holder: User): Promise<void> {
  const { lease } = (await engine.store.read.pool(pool))!.policy;
  const duration = lease.openEnded ? null : (lease.maximum ?? undefined);
  const request = {
    items: [{ resource: name, count: 1 }],
    onRelease: 'maintenance' as const,
    via: 'vms' as const,
    ...(duration === undefined ? {} : { duration }),
  };
  await new Reservations(engine).submitForId(asPrincipal(holder), request, NO_CONTEXT);
}

/** The holder as a caller. An import may bring any number of loans, so no cap applies to it. */
function asPrincipal(user: User): Principal {
  return {
    userId: user.id,
    userName: user.name,
    role: user.role,
    apiTokenId: null,
    scopes: SCOPES,
    maxPriority: 0,
    shared: true,
  };
}
