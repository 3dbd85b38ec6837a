import type { Api } from './api';
import { removeKey, removePolicy, subjectOf } from './issued';
import { apiKeysOf, everyItem, policiesOf, serviceIdsOf, tokenIn } from './pages';

/** Something in an account that a holder may have made. */
export interface Item {
  id: string;
  /** Other ids under which it may be on the list of things to keep. */
  aliases?: readonly (string | undefined)[];
  /** The IAM id that it belongs to, and the one that made it, if they matter. */
  owner?: string;
  maker?: string;
}

/** One kind of thing: how it is found and removed. */
export interface InventoryKind {
  name: string;
  /** Those of the administration stay, whoever made them: without them nothing can be removed. */
  keepsOfAdministration?: boolean;
  /** It is a secret of its owner. */
  isSecret?: boolean;
  /** It gives nobody any access. */
  isInert?: boolean;
  list(api: Api, isKept: (id: string) => boolean): AsyncIterable<Item>;
  remove(api: Api, id: string): Promise<unknown>;
}

const PAGE = 100;

const policies: InventoryKind = {
  name: 'policy',
  keepsOfAdministration: true,
  async *list(api) {
    for await (const policy of policiesOf(api))
      yield { id: policy.id!, owner: subjectOf(policy), maker: policy.created_by_id };
  },
  remove: removePolicy,
};

async function* groupsOf(api: Api) {
  const { accountId } = api.account;
  yield* everyItem(async (token) => {
    const offset = Number(token ?? 0);
    const { groups = [], total_count: total } = await api.ask('list access groups', () =>
      api.groups.listAccessGroups({ accountId, limit: PAGE, offset, hidePublicAccess: true }),
    );
    const next = offset + groups.length;
    return { items: groups, next: groups.length > 0 && next < total ? String(next) : undefined };
  });
}

const accessGroups: InventoryKind = {
  name: 'access group',
  async *list(api) {
    for await (const { id } of groupsOf(api)) yield { id: id! };
  },
  remove: (api, accessGroupId) =>
    api.find('remove an access group', () =>
      api.groups.deleteAccessGroup({ accessGroupId, force: true }),
    ),
};

/** The members of groups that stay: a holder may have added some. */
const members: InventoryKind = {
  name: 'member of an access group',
  async *list(api, isKept) {
    for await (const { id: group } of groupsOf(api))
      if (isKept(group!))
        for await (const { iam_id: member } of membersOf(api, group!))
          yield { id: `${group}/${member}`, owner: member, aliases: [member] };
  },
  remove: (api, id) => {
    const [accessGroupId = '', iamId = ''] = id.split('/');
    return api.find('remove a member', () =>
      api.groups.removeMemberFromAccessGroup({ accessGroupId, iamId }),
    );
  },
};

async function* membersOf(api: Api, accessGroupId: string) {
  yield* everyItem(async (token) => {
    const offset = Number(token ?? 0);
    const { members: found = [], total_count: total } = await api.ask('list members', () =>
      api.groups.listAccessGroupMembers({ accessGroupId, limit: PAGE, offset }),
    );
    const next = offset + found.length;
    const hasMore = found.length > 0 && next < (total ?? 0);
    return { items: found, next: hasMore ? String(next) : undefined };
  });
}

const profiles: InventoryKind = {
  name: 'trusted profile',
  async *list(api) {
    const { accountId } = api.account;
    yield* everyItem(async (pagetoken) => {
      const { profiles: found, next } = await api.ask('list trusted profiles', () =>
        api.identity.listProfiles({ accountId, pagesize: PAGE, pagetoken }),
      );
      const items = found.map(({ id, iam_id }) => ({ id, aliases: [iam_id] }));
      return { items, next: tokenIn(next, 'pagetoken') };
    });
  },
  remove: (api, profileId) =>
    api.find('remove a trusted profile', () => api.identity.deleteProfile({ profileId })),
};

const apiKeys: InventoryKind = {
  name: 'API key',
  isSecret: true,
  async *list(api) {
    for (const type of ['serviceid', 'user'] as const)
      for await (const { id, iam_id, created_by } of apiKeysOf(api, type))
        yield { id, owner: iam_id, maker: created_by };
  },
  remove: removeKey,
};

const serviceIds: InventoryKind = {
  name: 'service ID',
  async *list(api) {
    for await (const { id, iam_id } of serviceIdsOf(api)) yield { id, aliases: [iam_id] };
  },
  remove: (api, id) => api.find('remove a service ID', () => api.identity.deleteServiceId({ id })),
};

const users: InventoryKind = {
  name: 'user',
  async *list(api) {
    const { accountId } = api.account;
    yield* everyItem(async (start) => {
      const { resources = [], next_url } = await api.ask('list users', () =>
        api.users.listUsers({ accountId, limit: PAGE, start }),
      );
      const items = resources.map(({ iam_id }) => ({ id: iam_id! }));
      return { items, next: tokenIn(next_url, '_start') };
    });
  },
  remove: (api, iamId) =>
    api.find('remove a user', () =>
      api.users.removeUser({ accountId: api.account.accountId, iamId }),
    ),
};

const resourceKeys: InventoryKind = {
  name: 'resource key',
  async *list(api) {
    yield* everyItem(async (start) => {
      const { resources, next_url } = await api.ask('list resource keys', () =>
        api.resources.listResourceKeys({ limit: PAGE, start }),
      );
      const items = resources.map(({ id, guid, crn }) => ({ id: id!, aliases: [guid, crn] }));
      return { items, next: tokenIn(next_url, 'start') };
    });
  },
  remove: (api, id) =>
    api.find('remove a resource key', () => api.resources.deleteResourceKey({ id })),
};

const instances: InventoryKind = {
  name: 'resource instance',
  isInert: true,
  async *list(api) {
    yield* everyItem(async (start) => {
      const { resources, next_url } = await api.ask('list resource instances', () =>
        api.resources.listResourceInstances({ limit: PAGE, start }),
      );
      const items = resources
        .filter(({ state }) => state !== 'pending_reclamation' && state !== 'removed')
        .map(({ id, guid, crn }) => ({ id: id!, aliases: [guid, crn] }));
      return { items, next: tokenIn(next_url, 'start') };
    });
  },
  remove: (api, id) =>
    api.find('remove a resource instance', () =>
      api.resources.deleteResourceInstance({ id, recursive: true }),
    ),
};

/** Deleted instances that could still be restored, with all that is in them. */
const reclamations: InventoryKind = {
  name: 'deleted instance',
  isInert: true,
  async *list(api) {
    const { accountId } = api.account;
    const { resources = [] } = await api.ask('list reclamations', () =>
      api.resources.listReclamations({ accountId }),
    );
    for (const { id, resource_instance_id } of resources)
      yield { id: id!, aliases: [resource_instance_id] };
  },
  remove: (api, id) =>
    api.find('reclaim a deleted instance', () =>
      api.resources.runReclamationAction({ id, actionName: 'reclaim' }),
    ),
};

/** Every kind, in the order of removal: authority, then identities, then what they have made. */
export const INVENTORY: readonly InventoryKind[] = [
  policies,
  accessGroups,
  members,
  profiles,
  apiKeys,
  serviceIds,
  users,
  resourceKeys,
  instances,
  reclamations,
];
