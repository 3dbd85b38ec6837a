import { Holdfast, type Listing } from '../../client';
import type { Target } from './connect';
import { itemsOf, LIVE } from './loan-rows';

/** A kind of thing that a server lists. */
export type Thing = 'pools' | 'resources' | 'reservations' | 'users' | 'tokens' | 'webhooks';

/** A thing by the word that a command takes for it. */
interface Named {
  word: string;
  about: string;
}

const limit = 200;

/**
 * Gives the first of the things of a server; none without a token. `patience`: how long it may take,
 * in ms. Errors: those of the client.
 */
export async function thingsOf(
  { url, token }: Target,
  thing: Thing,
  patience: number,
): Promise<Named[]> {
  if (token === undefined) return [];
  const holdfast = new Holdfast({ url, token, retryFor: 0 });
  const options = { limit, signal: AbortSignal.timeout(patience) };
  const named = async <T>(listing: Listing<T>, name: (entry: T) => Named) =>
    (await listing.page()).items.map(name);
  switch (thing) {
    case 'pools':
      return named(holdfast.pools.list(options), ({ name, counts }) => ({
        word: name,
        about: `${counts.available ?? 0} free`,
      }));
    case 'resources':
      return named(holdfast.resources.list(options), ({ name, status }) => ({
        word: name,
        about: status,
      }));
    case 'users':
      return named(holdfast.users.list(options), ({ id, name }) => ({ word: id, about: name }));
    case 'tokens':
      return named(holdfast.tokens.list(options), ({ id, name }) => ({ word: id, about: name }));
    case 'webhooks':
      return named(holdfast.webhooks.list(options), ({ id, url }) => ({ word: id, about: url }));
    case 'reservations': {
      const lists = LIVE.map((status) =>
        named(holdfast.reservations.list({ ...options, status }), (loan) => ({
          word: loan.id,
          about: `${loan.status}, ${itemsOf(loan)}`,
        })),
      );
      return (await Promise.all(lists)).flat();
    }
  }
}
