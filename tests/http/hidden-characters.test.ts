import type { Route } from '../../src/http/route';
import { bodyOf } from '../helpers/route-bodies';
import { TestServer } from '../helpers/server';

/** Fields that a person reads in a terminal or a log, wherever they stand in a body. */
const SHOWN = ['name', 'pool', 'type', 'zone', 'email'];

/** What an attacker would put in: a colour, and a mark that turns the text around. */
const HIDDEN = ['\u001b[31m', '\u202e'];

interface Place {
  path: string;
  of: Record<string, unknown>;
  key: string;
}

function placesIn(value: unknown, path = ''): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(typeof inner === 'string' && SHOWN.includes(key)
      ? [{ path: `${path}/${key}`, of: value as Record<string, unknown>, key }]
      : []),
    ...placesIn(inner, `${path}/${key}`),
  ]);
}

/** The fields of a route's body that take hidden characters. */
function takenBy(route: Route): string[] {
  const body = bodyOf(route);
  return placesIn(body).flatMap(({ path, of, key }) =>
    HIDDEN.flatMap((hidden) => {
      const before = of[key] as string;
      of[key] = `${before}${hidden}x`;
      const taken = route.body!.safeParse(body).success;
      of[key] = before;
      return taken ? [`${route.method} ${route.path}: ${path} ${JSON.stringify(hidden)}`] : [];
    }),
  );
}

test('no field that people read takes characters that hide what it is', async () => {
  const { routes } = await TestServer.start();
  const withBody = routes.filter(({ body }) => body);
  expect(withBody.flatMap((route) => placesIn(bodyOf(route))).length).toBeGreaterThan(15);
  expect(withBody.flatMap(takenBy)).toEqual([]);
});

test('the answer names the field', async () => {
  const server = await TestServer.start();
  const admin = await server.admin();
  const { status, body } = await admin.post('/v1/tokens').send({ name: 'mine\u001b[2J' });
  expect({ status, field: body.field }).toEqual({ status: 400, field: 'name' });
  expect(body.detail).toContain('without control characters');
});
