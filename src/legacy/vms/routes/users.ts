import { z } from 'zod';
import { oneLine } from '../../../api/text';
import { maySetPassword, type Principal, type User } from '../../../domain/people/user';
import { vmServices } from '../services';
import type { VmPeople } from '../people';
import { NOBODY } from '../../../http/authenticate';
import { route, type Route } from '../../../http/route';
import type { VmCallers } from '../callers';
import {
  auth,
  deletion,
  instead,
  INVALID_USER,
  query,
  refusals,
  refused,
  says,
  saysCapital,
  sentence,
  wholeNumber,
  formatError,
  withAuth,
} from '../responses';

const name = oneLine(200).trim().min(1).describe('Their name.');
const email = z.email().max(254).describe('Their e-mail address.');
const password = z.string().min(1).max(1024).describe('Their password; only a hash of it is kept.');
const role = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.enum(['user', 'admin']))
  .describe('Their role in this API.');
const setupToken = z.string().optional().meta({
  description: 'In guarded mode, for the first user; the header X-Setup-Token works too.',
});
const newUser = z
  .looseObject({
    auth,
    name,
    email,
    password,
    role: role.default('user'),
    setupToken,
  })
  .meta(withAuth({ name: 'user2', email: 'user2@email.com', password: 'user2', role: 'user' }));
const userChange = z
  .looseObject({
    auth,
    id: wholeNumber.describe('The number of the user.'),
    name: name.optional(),
    email: email.optional(),
    password: password.optional(),
    role: role.optional(),
  })
  .meta(
    withAuth({ id: 1, name: 'user1', email: 'user1@email.com', password: 'user1', role: 'admin' }),
  );
const CREATED = says(201, 'User Created.');
const UPDATED = says(200, 'Update done');
const DELETED = saysCapital(200, 'Record Deleted');
const SAME_EMAIL = says(400, 'User with same email already exist,User is not created.');
const CONFLICT = says(
  400,
  'User with same email already exist, or this is the last admin; nothing was changed.',
);
const NOT_SELF = says(400, 'User self delete not allowed');
const HOLDS = says(400, 'User holds a VM; check it in first.');

/** Adds, changes and deletes users of this API. */
export function userRoutes(callers: VmCallers): Route[] {
  return [
    route({
      method: 'post',
      path: '/user',
      operationId: 'vmsCreateUser',
      summary: 'Add a user; the first becomes the admin of this API',
      access: 'admin',
      authenticate: callers.adder,
      formatError,
      query,
      body: newUser,
      answers: { 201: sentence('The user was added.'), ...refusals },
      errors: ['invalid', 'unauthenticated'],
      handle: ({ services, body, principal }) =>
        vmServices(services)
          .vmPeople.create(body, principal === NOBODY ? null : principal)
          .then(
            () => CREATED,
            instead({ conflict: SAME_EMAIL, already_set_up: formatError(callers.missing()) }),
          ),
    }),
    route({
      method: 'patch',
      path: '/user',
      operationId: 'vmsUpdateUser',
      summary: 'Change yourself, or anybody as an admin',
      access: 'self',
      authenticate: callers.person,
      formatError,
      query,
      body: userChange,
      answers: { 200: sentence('The user was changed.'), ...refusals },
      errors: ['unauthenticated'],
      handle: async ({ services, body, principal }) => {
        const { vmPeople } = vmServices(services);
        const found = await vmPeople.find(body.id);
        const by = await relation(vmPeople, principal, found?.user ?? null);
        if (!found) return INVALID_USER;
        const setsOwnPassword = body.password !== undefined && by === 'self';
        if (setsOwnPassword && !maySetPassword(principal, 'own')) throw refused();
        return vmPeople.change(found.user.id, body, by, principal).then(
          () => UPDATED,
          instead({
            conflict: CONFLICT,
            not_found: INVALID_USER,
            forbidden: formatError(refused()),
          }),
        );
      },
    }),
    removal(callers),
  ];
}

/** The role in which the caller acts on a user. Errors: `unauthenticated` if they have none. */
async function relation(
  vmPeople: VmPeople,
  principal: Principal,
  user: User | null,
): Promise<'self' | 'admin'> {
  if (user?.id === principal.userId) return 'self';
  if (!(await vmPeople.isAdmin(principal))) throw refused();
  return 'admin';
}

function removal(callers: VmCallers): Route {
  return route({
    ...deletion,
    path: '/user/id/{n}',
    operationId: 'vmsDeleteUser',
    summary: 'Delete another user, who must hold nothing',
    authenticate: callers.admin,
    answers: { 200: sentence('The user was deleted.'), ...refusals },
    errors: [],
    handle: async ({ services, params: { n }, principal }) => {
      const { vmPeople } = vmServices(services);
      const found = await vmPeople.find(n);
      if (!found) return INVALID_USER;
      if (found.user.id === principal.userId) return NOT_SELF;
      return vmPeople
        .delete(found.user.id, principal)
        .then(
          () => DELETED,
          instead({ in_use: HOLDS, not_found: INVALID_USER, forbidden: formatError(refused()) }),
        );
    },
  });
}
