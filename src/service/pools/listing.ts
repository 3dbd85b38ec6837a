import { DomainError, notFound } from '../../domain/errors';
import { onceById } from '../../domain/idempotency';
import { fileOnlyError } from '../../domain/pools/file-only';
import { addListed, type Listing } from '../../domain/pools/listing';
import type { Pool } from '../../domain/pools/pool';
import { seatNames } from '../../domain/pools/seats';
import type { DriverFactory } from '../../drivers/driver';
import { parsed } from '../../pools-file/problem';
import { aad, contextOf, type Engine } from '../engine';
import type { CallContext } from '../loans/reservations';
import { detailsOf } from './import-resource';
import { loadedPools } from './loaded-pools';

/** A resource as an admin lists it. `pool` is a name; `secrets` are secrets. */
export interface WrittenListing {
  pool: string;
  name: string;
  type?: string;
  seats?: number;
  fields?: Record<string, string | number>;
  secrets?: Record<string, string>;
}

/** Lists resources that exist already, as the pools file does. */
export class ListedResources {
  constructor(
    private readonly engine: Engine,
    private readonly drivers: ReadonlyMap<string, DriverFactory>,
  ) {}

  /**
   * Adds a resource, or one for each of its seats, and returns the id of the first. Errors:
   * `not_found`, `invalid`, `unsupported`, `conflict` with the field, `forbidden` for a field that
   * only the pools file may give.
   */
  async add(written: WrittenListing, { idempotencyKey }: CallContext): Promise<string> {
    const { store } = this.engine;
    const { pool: poolName, name, seats } = written;
    const pool = await store.read.pool(poolName);
    if (!pool) throw notFound('pool', poolName);
    checkListing(pool, written, this.drivers.get(pool.driver));
    const listing = this.sealed(pool, written);
    await this.requireNewToken(listing);
    const copies = await loadedPools(this.engine);
    const isListedInFile =
      pool.origin === 'file' &&
      copies.some((copy) => copy.name === poolName && copy.listed.length > 0);
    return store.transact(
      { load: 'pool', name: poolName, resources: seatNames(name, seats) },
      (facts, now) => {
        if (!facts.pool) throw notFound('pool', poolName);
        const found = { ...facts, pool: facts.pool, isListedInFile };
        return addListed(found, listing, contextOf(this.engine, now));
      },
      onceById(idempotencyKey),
    );
  }

  private sealed(pool: Pool, { name, type, seats, fields, secrets }: WrittenListing): Listing {
    const { sealer, newId } = this.engine;
    const secret = secrets && Object.keys(secrets).length > 0 ? secrets : null;
    const credentialOf = (id: string) =>
      secret && { id, sealed: sealer.seal(aad.credential(id), JSON.stringify(secret)) };
    return {
      type,
      fields: fields ?? {},
      details: secret ? detailsOf(pool.kind, secret) : {},
      seatOf: seats === undefined ? null : name,
      seats: seatNames(name, seats).map((seat) => ({
        name: seat,
        credential: credentialOf(newId()),
      })),
    };
  }

  /** A lent token is found by its value, so no two may have the same. Errors: `conflict`. */
  private async requireNewToken({ details: { valueHash } }: Listing): Promise<void> {
    if (typeof valueHash === 'string' && (await this.engine.store.read.lentToken(valueHash)))
      throw new DomainError('conflict', 'Another token has, or had, this value.', [
        'secrets',
        'token',
      ]);
  }
}

/** Checks a listed resource by the rules of its driver. Errors: `invalid`, `forbidden`. */
function checkListing(
  { settings }: Pool,
  { fields = {}, secrets = {} }: WrittenListing,
  factory: DriverFactory | undefined,
): void {
  const rules = factory?.listing?.(factory.settings.parse(settings)) ?? {};
  const fileOnly = [...(factory?.fileOnly ?? []), ...(rules.fileOnly ?? [])];
  const given = Object.keys(fields).find((name) => fileOnly.includes(name));
  if (given !== undefined) throw fileOnlyError(['fields', given]);
  const problems: DomainError[] = [];
  for (const [group, schema, values] of [
    ['fields', rules.fields, fields],
    ['secrets', rules.secrets, secrets],
  ] as const) {
    if (!schema) continue;
    parsed<unknown>(schema, values, [group], (path, message) =>
      // A missing field that only the file may give cannot be supplied here either.
      problems.push(
        group === 'fields' && fileOnly.includes(String(path[1]))
          ? fileOnlyError(path)
          : new DomainError('invalid', `${String(path.at(-1))} ${message}`, path),
      ),
    );
  }
  if (problems[0]) throw problems[0];
}
