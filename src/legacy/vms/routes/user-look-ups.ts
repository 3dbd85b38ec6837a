import { z } from 'zod';
import { route, type Answer, type Route } from '../../../http/route';
import type { FoundVmUser } from '../../../store/reads';
import type { VmCallers } from '../callers';
import { linkToMore } from '../../shared';
import { listQuery, lookUp, params, refusals } from '../responses';
import { vmServices } from '../services';

const userDetails = z.object({
  User_Details: z.record(
    z.string(),
    z.object({ id: z.number().int(), name: z.string(), email: z.string().nullable() }),
  ),
});

/** Look-ups of users, which are personal data. */
export function userLookUps(callers: VmCallers): Route[] {
  const read = {
    ...lookUp,
    access: 'read',
    authenticate: callers.reader,
    answers: { 200: { description: 'Users by id.', body: userDetails }, ...refusals },
  } as const;
  return [
    route({
      ...read,
      path: '/user',
      operationId: 'vmsListUsers',
      summary: 'List all users',
      query: listQuery,
      handle: async ({ services, query: { after } }) => {
        const { users, last } = await vmServices(services).vmPeople.list(after);
        return { ...show(users), headers: linkToMore('/user', last) };
      },
    }),
    route({
      ...read,
      path: '/user/id/{n}',
      operationId: 'vmsGetUser',
      summary: 'Show a user by id',
      params,
      handle: async ({ services, params: { n } }) =>
        show([await vmServices(services).vmPeople.find(n)]),
    }),
    route({
      ...read,
      path: '/user/email/{email}',
      operationId: 'vmsFindUser',
      summary: 'Show a user by e-mail address',
      params: z.object({ email: z.string().max(320) }),
      handle: async ({ services, params: { email } }) =>
        show([await vmServices(services).vmPeople.findByEmail(email)]),
    }),
  ];
}

function show(found: (FoundVmUser | null)[]): Answer {
  const entries = found.flatMap((each) => {
    if (!each) return [];
    const { number } = each.vmUser;
    return [[number, { id: number, name: each.user.name, email: each.user.email }] as const];
  });
  return { status: 200, body: { User_Details: Object.fromEntries(entries) } };
}
