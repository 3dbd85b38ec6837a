import type { Api } from './api';

/** One page of a list, and where the next begins, if there is one. */
export interface Page<T> {
  items: readonly T[];
  next: string | undefined;
}

/** The parameter `name` of the link to the next page. */
export function tokenIn(link: string | null | undefined, name: string): string | undefined {
  if (!link) return undefined;
  return new URL(link, 'https://any.invalid').searchParams.get(name) ?? undefined;
}

/** Every item of a list, page by page. */
export async function* everyItem<T>(
  page: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T> {
  for (let token: string | undefined; ;) {
    const { items, next } = await page(token);
    yield* items;
    if (next === undefined) return;
    token = next;
  }
}

const PAGE = 100;

/** The service IDs of the account. */
export function serviceIdsOf(api: Api) {
  const { accountId } = api.account;
  return everyItem(async (pagetoken) => {
    const { serviceids, next } = await api.ask('list service IDs', () =>
      api.identity.listServiceIds({ accountId, pagesize: PAGE, pagetoken }),
    );
    return { items: serviceids, next: tokenIn(next, 'pagetoken') };
  });
}

/** The API keys in the account, of users or of service IDs. */
export function apiKeysOf(api: Api, type: 'user' | 'serviceid') {
  const { accountId } = api.account;
  return everyItem(async (pagetoken) => {
    const { apikeys, next } = await api.ask('list API keys', () =>
      api.identity.listApiKeys({ accountId, scope: 'account', type, pagesize: PAGE, pagetoken }),
    );
    return { items: apikeys, next: tokenIn(next, 'pagetoken') };
  });
}

/** The policies of the account: of access, and of services among each other. */
export function policiesOf(api: Api) {
  const { accountId } = api.account;
  return everyItem(async (start) => {
    const { policies, next } = await api.ask('list policies', () =>
      api.policies.listPolicies({ accountId, limit: PAGE, start }),
    );
    return { items: policies, next: next?.start ?? tokenIn(next?.href, 'start') };
  });
}
