import { TestServer, type Caller, type TestServerOptions } from './server';

/** A server, and three callers of it. */
export interface Peopled {
  server: TestServer;
  admin: Caller;
  ann: Caller;
  bob: Caller;
}

/** Starts a server with an admin and two users, each with a token for everything of theirs. */
export async function peopled(options: TestServerOptions): Promise<Peopled> {
  const server = await TestServer.start(options);
  const admin = await server.admin();
  return { server, admin, ann: await server.user('ann'), bob: await server.user('bob') };
}
