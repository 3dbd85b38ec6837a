import type { IncomingHttpHeaders } from 'node:http';
import type { CloudAccount, Plain, Rights, World } from './world';

/** One request to any endpoint. */
export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  headers: IncomingHttpHeaders;
}

export interface Answer {
  status: number;
  body?: unknown;
}

/** Few to a page, so that every list has several. */
const PAGE = 3;

const failure = (status: number, code: string): Answer => ({
  status,
  body: { errors: [{ code, message: code }], status_code: status, trace: 'test' },
});
const NOT_FOUND = failure(404, 'not_found');

/** The answer to a request, by the replica whose turn it is. */
export function routes(world: World, request: Request): Answer {
  const delay = world.nextDelay();
  if (request.path === '/identity/token') return token(world, request.body, delay);
  const presented = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const bearer = world.bearer(presented, delay);
  if (!bearer) return failure(401, 'invalid_token');
  const { account, iamId } = bearer;
  const rights: Rights = iamId === account.adminIamId ? 'administers' : bearer.rights;
  if (rights === 'none') return failure(403, 'forbidden');
  if (request.method !== 'GET' && rights !== 'administers') return failure(403, 'forbidden');
  for (const [method, pattern, answer] of ROUTES) {
    const match = method === request.method ? pattern.exec(request.path) : null;
    if (match)
      return answer({ account, iamId, request, delay, id: decodeURIComponent(match[1] ?? '') });
  }
  return failure(404, 'no_such_route');
}

/** The token endpoint; its errors have a shape of their own. */
function token(world: World, body: string, delay: number): Answer {
  const form = new URLSearchParams(body);
  const isKey = form.get('grant_type') === 'urn:ibm:params:oauth:grant-type:apikey';
  const made = isKey
    ? world.exchangeKey(form.get('apikey') ?? '', delay)
    : world.exchangeRefresh(form.get('refresh_token') ?? '', delay);
  if (!made)
    return {
      status: 400,
      body: isKey
        ? { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' }
        : { errorCode: 'BXNIM0408E', errorMessage: 'Provided refresh_token is expired.' },
    };
  const { access, refresh, expiresAt } = made;
  return {
    status: 200,
    body: {
      access_token: access,
      refresh_token: refresh ?? 'not_supported',
      token_type: 'Bearer',
      expires_in: Math.round((expiresAt - world.now()) / 1000),
      expiration: Math.floor(expiresAt / 1000),
      scope: 'ibm openid',
    },
  };
}

interface Context {
  account: CloudAccount;
  /** Who asks. */
  iamId: string;
  request: Request;
  delay: number;
  /** The id in the path. */
  id: string;
}

type Route = [method: string, pattern: RegExp, answer: (context: Context) => Answer];

const at = (time: number) => new Date(time).toISOString();
const json = (body: string) => JSON.parse(body) as Record<string, never>;

/** One page by token, and its link in the style of IAM. */
function paged<T>(all: T[], { query, path }: Request, parameter: string) {
  const start = Number(query.get(parameter) ?? 0);
  const next =
    start + PAGE < all.length
      ? `https://any.invalid${path}?${parameter}=${start + PAGE}`
      : undefined;
  return { items: all.slice(start, start + PAGE), next, start, total: all.length };
}

function live<T extends { deletedAt: number }>(account: CloudAccount, table: Map<string, T>): T[] {
  return [...table.values()].filter((each) => account.isLive(each as never));
}

const serviceIdShape = (account: CloudAccount, id: string) => {
  const { name, description, version, createdAt } = account.serviceIds.get(id)!;
  return {
    id,
    iam_id: `iam-${id}`,
    entity_tag: `${version}-${id}`,
    crn: `crn:v1:bluemix:public:iam-identity::a/${account.id}::serviceid:${id}`,
    locked: false,
    created_at: at(createdAt),
    modified_at: at(createdAt),
    account_id: account.id,
    name,
    description,
  };
};

function listServiceIds({ account, request }: Context): Answer {
  const { items, next } = paged(live(account, account.serviceIds), request, 'pagetoken');
  return {
    status: 200,
    body: { serviceids: items.map(({ id }) => serviceIdShape(account, id)), next },
  };
}

function createServiceId({ account, request }: Context): Answer {
  const { name, description, account_id } = json(request.body);
  if (account_id !== account.id) return failure(400, 'wrong_account');
  return {
    status: 201,
    body: serviceIdShape(account, account.addServiceId(name!, description).id),
  };
}

function updateServiceId({ account, request, id }: Context): Answer {
  const known = account.serviceIds.get(id);
  if (!account.isLive(known)) return NOT_FOUND;
  if (request.headers['if-match'] !== serviceIdShape(account, id).entity_tag)
    return failure(409, 'conflict');
  const { name, description } = json(request.body);
  Object.assign(known, { name, description, version: known.version + 1 });
  return { status: 200, body: serviceIdShape(account, id) };
}

function deleteServiceId({ account, id }: Context): Answer {
  const known = account.serviceIds.get(id);
  if (!account.isLive(known)) return NOT_FOUND;
  account.removeIdentity(known, `iam-${id}`);
  return { status: 204 };
}

const keyShape = (account: CloudAccount, id: string, isNew = false) => {
  const { value, name, iamId, createdBy, createdAt } = account.keys.get(id)!;
  return {
    id,
    entity_tag: '1',
    crn: `crn:v1:bluemix:public:iam-identity::a/${account.id}::apikey:${id}`,
    locked: false,
    created_at: at(createdAt),
    created_by: createdBy,
    name,
    iam_id: iamId,
    account_id: account.id,
    ...(isNew && { apikey: value }),
  };
};

function listKeys({ account, request }: Context): Answer {
  const ofServices = request.query.get('type') === 'serviceid';
  const all = live(account, account.keys).filter(
    ({ iamId }) => iamId.startsWith('iam-ServiceId-') === ofServices,
  );
  const { items, next } = paged(all, request, 'pagetoken');
  return { status: 200, body: { apikeys: items.map(({ id }) => keyShape(account, id)), next } };
}

function createKey({ account, request, iamId }: Context): Answer {
  const { name, iam_id } = json(request.body);
  return { status: 201, body: keyShape(account, account.addKey(iam_id!, iamId, name).id, true) };
}

function keyDetails({ account, request, delay }: Context): Answer {
  const found = account.world.keyOf(String(request.headers['iam-apikey']), delay);
  return found ? { status: 200, body: keyShape(found.account, found.key.id) } : NOT_FOUND;
}

function deleteKey({ account, id }: Context): Answer {
  const known = account.keys.get(id);
  if (!account.isLive(known)) return NOT_FOUND;
  account.remove(known);
  return { status: 204 };
}

function listPolicies({ account, request }: Context): Answer {
  const { items, next, start } = paged(live(account, account.policies), request, 'start');
  const policies = items.map(({ id, subject, roles, createdBy }) => ({
    id,
    type: 'access',
    subjects: [
      {
        attributes: [
          {
            name: subject.startsWith('AccessGroupId-') ? 'access_group_id' : 'iam_id',
            value: subject,
          },
        ],
      },
    ],
    roles: roles.map((role_id) => ({ role_id })),
    resources: [{ attributes: [{ name: 'accountId', value: account.id }] }],
    created_by_id: createdBy,
    state: 'active',
  }));
  const following = next && { href: next, start: String(start + PAGE) };
  return { status: 200, body: { policies, limit: PAGE, next: following } };
}

interface WrittenPolicy {
  subjects: { attributes: { name: string; value: string }[] }[];
  roles: { role_id: string }[];
  resources: { attributes: { name: string; value: string }[] }[];
}

function createPolicy({ account, request, iamId }: Context): Answer {
  const { subjects, roles, resources } = JSON.parse(request.body) as WrittenPolicy;
  const attributes = Object.fromEntries(
    resources[0]!.attributes.map(({ name, value }) => [name, value]),
  );
  const { id } = account.grant(
    subjects[0]!.attributes[0]!.value,
    roles.map(({ role_id }) => role_id),
    attributes,
    iamId,
  );
  return { status: 201, body: { id, type: 'access', subjects, roles, resources } };
}

/** Deletes from a table of anything. */
const deleteFrom =
  (
    table: (
      account: CloudAccount,
    ) => Map<string, { id: string; createdAt: number; deletedAt: number }>,
    status = 204,
  ) =>
  ({ account, id }: Context): Answer => {
    const known = table(account).get(id);
    if (!account.isLive(known)) return NOT_FOUND;
    account.remove(known);
    return { status };
  };

function listGroups({ account, request }: Context): Answer {
  const { items, total, start } = paged(live(account, account.groups), request, 'offset');
  const groups = items.map(({ id }) => ({ id, name: id, account_id: account.id }));
  return { status: 200, body: { groups, limit: PAGE, offset: start, total_count: total } };
}

function listMembers({ account, request, id }: Context): Answer {
  const known = account.groups.get(id);
  if (!account.isLive(known)) return NOT_FOUND;
  const { items, total, start } = paged(known.members, request, 'offset');
  const members = items.map((iam_id) => ({ iam_id, type: 'service' }));
  return { status: 200, body: { members, limit: PAGE, offset: start, total_count: total } };
}

function removeMember({ account, request }: Context): Answer {
  const [, , , group = '', , member = ''] = request.path.split('/');
  const known = account.groups.get(group);
  if (!known?.members.includes(decodeURIComponent(member))) return NOT_FOUND;
  known.members = known.members.filter((each) => each !== decodeURIComponent(member));
  return { status: 204 };
}

function listProfiles({ account, request }: Context): Answer {
  const { items, next } = paged(live(account, account.profiles), request, 'pagetoken');
  return { status: 200, body: { profiles: items.map(({ fields }) => fields), next } };
}

function deleteProfile({ account, id }: Context): Answer {
  const known = account.profiles.get(id);
  if (!account.isLive(known)) return NOT_FOUND;
  account.removeIdentity(known, `iam-${id}`);
  return { status: 204 };
}

/** A list in the style of the resource controller and of user management. */
const listPlain =
  (table: (account: CloudAccount) => Map<string, Plain>, parameter: string) =>
  ({ account, request }: Context): Answer => {
    const { items, next = null, total } = paged(live(account, table(account)), request, parameter);
    const resources = items.map(({ fields }) => fields);
    return {
      status: 200,
      body: { resources, next_url: next, rows_count: total, total_results: total },
    };
  };

function getInstance({ account, id }: Context): Answer {
  const known = account.instances.get(id);
  return account.isLive(known) ? { status: 200, body: known.fields } : NOT_FOUND;
}

/** A deleted instance can be restored until it is reclaimed. */
function deleteInstance({ account, id }: Context): Answer {
  const known = account.instances.get(id);
  if (!account.isLive(known)) return NOT_FOUND;
  account.remove(known);
  account.addPlain(account.reclamations, `reclamation-${id}`, {
    resource_instance_id: id,
    state: 'SCHEDULED',
  });
  return { status: 202 };
}

/** This list has no pages. */
function listReclamations({ account }: Context): Answer {
  const resources = live(account, account.reclamations).map(({ fields }) => fields);
  return { status: 200, body: { resources } };
}

function reclaim({ account, request }: Context): Answer {
  const [, , , id = '', , action] = request.path.split('/');
  const known = account.reclamations.get(decodeURIComponent(id));
  if (!account.isLive(known) || action !== 'reclaim') return NOT_FOUND;
  account.remove(known);
  return { status: 200, body: known.fields };
}

function settings({ account, id }: Context): Answer {
  if (id !== account.id) return failure(403, 'forbidden');
  const life = String(account.tokenLife);
  return {
    status: 200,
    body: { account_id: id, entity_tag: '1', system_access_token_expiration_in_seconds: life },
  };
}

const ROUTES: readonly Route[] = [
  ['GET', /^\/v1\/serviceids\/?$/, listServiceIds],
  ['POST', /^\/v1\/serviceids\/?$/, createServiceId],
  ['PUT', /^\/v1\/serviceids\/([^/]+)$/, updateServiceId],
  ['DELETE', /^\/v1\/serviceids\/([^/]+)$/, deleteServiceId],
  ['GET', /^\/v1\/apikeys$/, listKeys],
  ['POST', /^\/v1\/apikeys$/, createKey],
  ['GET', /^\/v1\/apikeys\/details$/, keyDetails],
  ['DELETE', /^\/v1\/apikeys\/([^/]+)$/, deleteKey],
  ['GET', /^\/v1\/policies$/, listPolicies],
  ['POST', /^\/v1\/policies$/, createPolicy],
  ['DELETE', /^\/v1\/policies\/([^/]+)$/, deleteFrom(({ policies }) => policies)],
  ['GET', /^\/v2\/groups$/, listGroups],
  ['DELETE', /^\/v2\/groups\/([^/]+)$/, deleteFrom(({ groups }) => groups)],
  ['GET', /^\/v2\/groups\/([^/]+)\/members$/, listMembers],
  ['DELETE', /^\/v2\/groups\/([^/]+)\/members\/[^/]+$/, removeMember],
  ['GET', /^\/v1\/profiles$/, listProfiles],
  ['DELETE', /^\/v1\/profiles\/([^/]+)$/, deleteProfile],
  ['GET', /^\/v2\/accounts\/[^/]+\/users$/, listPlain(({ users }) => users, '_start')],
  ['DELETE', /^\/v2\/accounts\/[^/]+\/users\/([^/]+)$/, deleteFrom(({ users }) => users)],
  ['GET', /^\/v2\/resource_keys$/, listPlain(({ resourceKeys }) => resourceKeys, 'start')],
  ['DELETE', /^\/v2\/resource_keys\/([^/]+)$/, deleteFrom(({ resourceKeys }) => resourceKeys)],
  ['GET', /^\/v2\/resource_instances$/, listPlain(({ instances }) => instances, 'start')],
  ['GET', /^\/v2\/resource_instances\/([^/]+)$/, getInstance],
  ['DELETE', /^\/v2\/resource_instances\/([^/]+)$/, deleteInstance],
  ['GET', /^\/v1\/reclamations$/, listReclamations],
  ['POST', /^\/v1\/reclamations\/[^/]+\/actions\/[^/]+$/, reclaim],
  ['GET', /^\/v1\/accounts\/([^/]+)\/settings\/identity$/, settings],
];
