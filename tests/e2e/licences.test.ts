import { ServerProcess } from '../helpers/process';

/** The example of docs/drivers.md in a real server: two licences with three seats each. */

jest.setTimeout(90_000);

const POOLS = `
pools:
  - name: cad
    kind: item
    driver: static
    resources:
      - { name: cad-eu, seats: 3,
          fields: { server: licences.example.org }, secrets: { key: "\${CAD_EU_KEY}" } }
      - { name: cad-us, seats: 3,
          fields: { server: licences.example.com }, secrets: { key: "\${CAD_US_KEY}" } }
    lease: { default: 2h, maximum: 8h }
`;
const env = { CAD_EU_KEY: 'eu-hush', CAD_US_KEY: 'us-hush' };

interface Loan {
  id: string;
  status: string;
  resources: { name: string; details: object; credentials: { key: string }; rotates: boolean }[];
}

test('six borrow at once, the seventh waits, and a release serves it', async () => {
  const server = await ServerProcess.start({ pools: POOLS, env });
  const admin = await server.setUp();
  const ask = (token: string, wait = 0) =>
    server.http.post(`/v1/reservations?wait=${wait}`, {
      token,
      body: { items: [{ pool: 'cad' }], queueTimeoutSeconds: 60 },
    });
  const borrower = async (name: string) => {
    const body = { name, email: `${name}@example.org`, password: 'correct horse' };
    const user = await server.http.post('/v1/users', { token: admin, body });
    expect(user.status).toBe(201);
    const basic = Buffer.from(`${body.email}:${body.password}`).toString('base64');
    const token = await server.http.post('/v1/tokens', {
      headers: { Authorization: `Basic ${basic}` },
      body: { name, scopes: ['read', 'reserve'] },
    });
    expect(token.status).toBe(201);
    return token.body.token as string;
  };
  const tokens: string[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) tokens.push(await borrower(name));
  await server.until('six seats', async () => {
    const { body } = await server.http.get('/v1/pools/cad', { token: admin });
    return body.counts.available === 6;
  });

  const loans = (await Promise.all(tokens.slice(0, 6).map((token) => ask(token)))).map(
    ({ body }) => body as Loan,
  );
  expect(loans.map(({ status }) => status)).toEqual(Array(6).fill('active'));
  const seats = loans.map(({ resources: [seat] }) => seat!);
  expect(seats.map(({ name }) => name).sort()).toEqual(
    ['eu', 'us'].flatMap((place) => [1, 2, 3].map((seat) => `cad-${place}.${seat}`)),
  );
  for (const { name, details, credentials, rotates } of seats) {
    const isEu = name.startsWith('cad-eu');
    expect({ details, credentials, rotates }).toEqual({
      details: { server: `licences.example.${isEu ? 'org' : 'com'}` },
      credentials: { key: isEu ? 'eu-hush' : 'us-hush' },
      rotates: false,
    });
  }

  const last = tokens[6]!;
  const queued = (await ask(last)).body as Loan;
  expect(queued.status).toBe('queued');
  const served = server.http.get(`/v1/reservations/${queued.id}?wait=30`, { token: last });
  await server.http.delete(`/v1/reservations/${loans[2]!.id}`, { token: tokens[2]! });
  expect((await served).body).toMatchObject({
    status: 'active',
    resources: [{ name: seats[2]!.name }],
  });

  const { stdout, stderr } = await server.stop();
  expect(stdout + stderr).toContain('Cannot be rotated: cad.');
  expect(stdout + stderr).not.toMatch(/eu-hush|us-hush/);
});
