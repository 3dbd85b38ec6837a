import type { Account } from '../helpers/github';
import { FakeGithub } from '../helpers/github';
import { TestClock } from '../helpers/engine';
import type { Caller } from '../helpers/server';
import { TestServer, type TestServerOptions } from '../helpers/server';

/** One of our servers, on which people sign in with a GitHub of their own. */
export interface World {
  server: TestServer;
  github: FakeGithub;
}

export async function world(
  orgs: string[] = [],
  options: TestServerOptions = {},
  app: Parameters<FakeGithub['setup']>[1] = {},
): Promise<World> {
  const clock = new TestClock();
  const github = await FakeGithub.start(clock);
  return {
    github,
    server: await TestServer.start({ ...options, clock, github: github.setup(orgs, app) }),
  };
}

/** A browser that has been sent to GitHub. */
export interface Begun {
  location: string;
  /** What it sends back as its Cookie header. */
  cookie: string;
  setCookie: string;
}

export async function begin({ server }: World): Promise<Begun> {
  const { status, headers } = await server.anybody.get('/v1/auth/github').redirects(0);
  expect(status).toBe(302);
  const setCookie = (headers['set-cookie'] as unknown as string[])[0]!;
  return { location: headers.location!, setCookie, cookie: setCookie.split(';')[0]! };
}

/** The answer to the browser that comes back. */
export function comeBack({ server }: World, back: URL, cookie: string) {
  return server.anybody.get(`/v1/auth/github/callback${back.search}`).set('Cookie', cookie);
}

/** The whole web flow; gives its last answer. */
export async function signIn(in_: World, who: Account) {
  const { location, cookie } = await begin(in_);
  return comeBack(in_, in_.github.browse(location, who), cookie);
}

/** The web flow of someone who gets in. */
export async function signedIn(in_: World, who: Account): Promise<Caller> {
  const { status, body } = await signIn(in_, who);
  expect({ status, body }).toMatchObject({ status: 200 });
  return in_.server.bearer(body.token as string, body.user.id as string);
}

/** The event types about a user, in order. */
export async function eventsOf({ server }: World, userId: string): Promise<string[]> {
  const events = await server.test.engine.store.read.eventsAfter(0, 1000);
  return events.filter((event) => event.userId === userId).map(({ type }) => type);
}
