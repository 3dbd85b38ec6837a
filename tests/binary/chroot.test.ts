import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess } from '../helpers/process';
import { describeAsRoot, emptyRoot, serveIn } from './support/binary';

/** What a new machine is told, and nothing beside it: the environment is empty. */
const SETTINGS = 'PORT=0\nBCRYPT_COST=4\n';
const LITE = { items: [{ pool: 'lite', count: 3 }] };

describeAsRoot('alone with its libraries, as an ordinary user with an empty environment', () => {
  let root: string;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    root = emptyRoot();
    writeFileSync(join(root, '.env'), SETTINGS);
    server = await ServerProcess.start({ dataDir: join(root, 'data'), program: serveIn(root) });
  });

  const lend = (body: Record<string, unknown>) =>
    server.http.post('/v1/reservations?wait=60', { token, body });
  const passwordsOf = (answer: { body: { resources: { credentials: { password: string } }[] } }) =>
    answer.body.resources.map(({ credentials }) => credentials.password);

  test('it starts, prints its setup token, and is set up', async () => {
    const [, setupToken] = await server.until('the token is printed', async () =>
      /^Setup token[^\n]*: (hf_\w+)\nSet up in a browser: \S+token=\1\n$/.exec(server.stderr),
    );
    token = await server.setUp(setupToken);
    expect((await server.http.get('/version')).body).toMatchObject({ node: process.version });
  });

  test('keeps what it unpacked to itself, beside the data where there is no home', () => {
    const [build] = readdirSync(join(root, 'data/.cache'));
    const { mode, uid } = statSync(join(root, 'data/.cache', build!));
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o700, uid: 1000 });
  });

  test('a lease ends by itself, and what was lent is lent again with other passwords', async () => {
    const first = await lend({ ...LITE, durationSeconds: 1 });
    expect(first).toMatchObject({ status: 201, body: { status: 'active' } });
    // All there are: whoever comes next waits for the lease to end and for the cleaning.
    const next = await lend(LITE);
    expect(next).toMatchObject({ status: 201, body: { status: 'active' } });
    for (const password of passwordsOf(next)) expect(passwordsOf(first)).not.toContain(password);
    expect(
      (await server.http.get(`/v1/reservations/${first.body.id}`, { token })).body,
    ).toMatchObject({ status: 'ended', endReason: 'expired' });
    expect((await server.http.delete(`/v1/reservations/${next.body.id}`, { token })).status).toBe(
      204,
    );
  });

  test('shows the API offline', async () => {
    const page = await fetch(`${server.url}/docs`);
    expect(page.status).toBe(200);
    const named = [...(await page.text()).matchAll(/(?:src|href)="([^":]+)"/g)].map(
      ([, path]) => path!,
    );
    expect(named).toContain('docs/swagger-ui-bundle.js');
    for (const path of named)
      expect({ path, status: (await fetch(new URL(path, page.url))).status }).toEqual({
        path,
        status: 200,
      });
  });

  test('SIGTERM ends it with 0, and after another start the loan is as it was', async () => {
    const lent = await lend({ items: [{ pool: 'free' }], durationSeconds: 600 });
    expect(lent.status).toBe(201);
    await server.stop();
    server = await ServerProcess.start({ dataDir: join(root, 'data'), program: serveIn(root) });
    const { body } = await server.http.get(`/v1/reservations/${lent.body.id}`, { token });
    expect(body).toEqual({ ...lent.body, asOf: body.asOf });
    expect((await server.stop()).stderr).toBe('');
  });
});
