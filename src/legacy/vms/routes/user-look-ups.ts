import { z } from 'zod';
import { comparable } from '../../../domain/people/user';
import { route, type Answer, type Route } from '../../../http/route';
import type { FoundVmUser } from '../../../store/reads';
import type { VmCallers } from '../callers';
import { lookUp, params, refusals } from '../responses';
import type { Services } from '../../../service/services';
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
  const show = async (
    services: Services,
    which: (found: FoundVmUser) => boolean,
  ): Promise<Answer> => {
    const found = (await vmServices(services).vmPeople.all()).filter(which);
    return {
      status: 200,
      body: {
        User_Details: Object.fromEntries(
          found.map(({ user: { name, email }, vmUser: { number } }) => [
            number,
            { id: number, name, email },
          ]),
        ),
      },
    };
  };
  return [
    route({
      ...read,
      path: '/user',
      summary: 'VM reservation: list all users',
      handle: ({ services }) => show(services, () => true),
    }),
    route({
      ...read,
      path: '/user/id/{n}',
      summary: 'VM reservation: show a user by id',
      params,
      handle: ({ services, params: { n } }) => show(services, ({ vmUser }) => vmUser.number === n),
    }),
    route({
      ...read,
      path: '/user/email/{email}',
      summary: 'VM reservation: show a user by e-mail address',
      params: z.object({ email: z.string().max(320) }),
      handle: ({ services, params: { email } }) =>
        show(services, ({ user }) => user.email === comparable(email)),
    }),
  ];
}
