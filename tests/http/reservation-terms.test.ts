import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1, lease: { default: 60s, maximum: 5m } }
  - { name: vms, kind: vm, driver: simulated, size: 1, lease: { heartbeat: 30s, grace: 5s } }
  - { name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }
`;

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
});

const reserve = (caller: Caller, fields: object = {}, pool = 'lab') =>
  caller.post('/v1/reservations').send({ items: [{ pool }], ...fields });
const see = async (caller: Caller, id: unknown) =>
  (await caller.get(`/v1/reservations/${String(id)}`)).body;
const at = (seconds: number) => new Date(Date.parse('2026-01-01') + seconds * 1000).toISOString();

describe('endsAt', () => {
  test('is when the lease ends, however long it waited', async () => {
    const { body: first } = await reserve(ann).expect(201);
    const { body: second } = await reserve(ann, { endsAt: '2026-01-01T01:02:00+01:00' }).expect(
      202,
    );
    expect(second).toMatchObject({ status: 'queued', endsAt: at(120) });
    server.test.clock.advance(30_000);
    await ann.delete(`/v1/reservations/${first.id}`).expect(204);
    await server.test.settle();
    expect(await see(ann, second.id)).toMatchObject({
      status: 'active',
      startsAt: at(30),
      endsAt: at(120),
    });
    await server.test.after(90_000);
    expect(await see(ann, second.id)).toMatchObject({ status: 'ended', endReason: 'expired' });
  });

  test('ends the wait, and the preparation, too', async () => {
    await reserve(ann).expect(201);
    const { body: waiting } = await reserve(ann, { endsAt: at(10), queueTimeoutSeconds: 50 });
    const { body: preparing } = await reserve(ann, { endsAt: at(10) }, 'boxes').expect(202);
    expect(preparing.status).toBe('preparing');
    server.test.clock.advance(10_000);
    await server.test.expire();
    expect(await see(ann, waiting.id)).toMatchObject({ status: 'ended', endReason: 'timed_out' });
    expect(await see(ann, preparing.id)).toMatchObject({ status: 'ended', endReason: 'failed' });
  });

  test.each([
    [{ endsAt: at(0) }, 400, 'invalid', 'endsAt'],
    [{ endsAt: at(301) }, 422, 'over_maximum', 'endsAt'],
    [{ endsAt: at(60), durationSeconds: 60 }, 400, 'invalid', 'endsAt'],
    [{ endsAt: at(60), durationSeconds: null }, 400, 'invalid', 'endsAt'],
    [{ endsAt: '2026-01-01T00:01:00' }, 400, 'invalid', 'endsAt'],
    [{ durationSeconds: 301 }, 422, 'over_maximum', 'durationSeconds'],
  ])('%j is refused and named', async (fields, status, code, field) => {
    expect((await reserve(ann, fields)).body).toEqual(problem(status, code, field));
  });
});

describe('heartbeatSeconds', () => {
  test('asks for heartbeats where the pool asks for none', async () => {
    const { body } = await reserve(ann, { heartbeatSeconds: 10 }).expect(201);
    expect(body.heartbeatBy).toBe(at(10));
    server.test.clock.advance(10_000);
    expect(await see(ann, body.id)).toMatchObject({ status: 'ended', endReason: 'expired' });
  });

  test('may be shorter than that of the pool, whose grace it has, but not longer', async () => {
    const { body } = await reserve(ann, { heartbeatSeconds: 10 }, 'vms').expect(201);
    expect(body.heartbeatBy).toBe(at(15));
    await ann.delete(`/v1/reservations/${body.id}`).expect(204);
    expect((await reserve(ann, { heartbeatSeconds: 31 }, 'vms')).body).toEqual(
      problem(422, 'over_maximum', 'heartbeatSeconds'),
    );
  });
});

describe('onBehalfOf', () => {
  test('lends to that user, who sees the credentials, and notes the admin, who does not', async () => {
    for (const user of [ann.userId, 'ann@example.org', 'ann']) {
      const { body } = await reserve(admin, { onBehalfOf: user }).expect(201);
      const adminId = (await admin.get('/v1/me')).body.id as string;
      expect(body).toMatchObject({ userId: ann.userId, requestedBy: adminId });
      expect(body.resources[0].credentials).toBeNull();
      expect((await see(ann, body.id)).resources[0].credentials).not.toBeNull();
      await ann.delete(`/v1/reservations/${body.id}`).expect(204);
      expect(await see(ann, body.id)).toMatchObject({ endReason: 'released' });
      await server.test.settle();
    }
  });

  test('counts against what that user may have', async () => {
    server.test.engine.caps = { active: 1, queued: null, queue: null };
    await reserve(admin, { onBehalfOf: 'ann' }).expect(201);
    expect((await reserve(ann, {}, 'vms')).body).toEqual(problem(429, 'too_many_active'));
    await reserve(admin, {}, 'vms').expect(201);
  });

  test('is for admins, and for users who exist', async () => {
    expect((await reserve(ann, { onBehalfOf: ann.userId })).body).toEqual(
      problem(403, 'forbidden', 'onBehalfOf'),
    );
    expect((await reserve(admin, { onBehalfOf: 'nobody' })).body).toEqual(
      problem(404, 'not_found', 'onBehalfOf'),
    );
    await admin.delete(`/v1/users/${ann.userId}`).expect(204);
    expect((await reserve(admin, { onBehalfOf: ann.userId })).body).toEqual(
      problem(404, 'not_found', 'onBehalfOf'),
    );
  });
});

describe('a note', () => {
  test('can be changed and removed, in any status', async () => {
    const { body: loan } = await reserve(ann, { note: 'first' });
    const patch = (fields: object, caller = ann) =>
      caller.patch(`/v1/reservations/${loan.id}`).send(fields);
    expect((await patch({ note: 'second' })).body).toEqual({ ...loan, note: 'second' });
    expect((await patch({ note: 'third', extendSeconds: 60 })).body).toEqual({
      ...loan,
      note: 'third',
      endsAt: at(120),
    });
    await ann.delete(`/v1/reservations/${loan.id}`).expect(204);
    expect((await patch({ note: null })).body).toMatchObject({ status: 'ended', note: null });
    expect((await patch({ note: 'x' }, await server.user('bob'))).body).toEqual(
      problem(404, 'not_found'),
    );
    expect((await patch({})).status).toBe(400);
  });

  test('stays as it was where the extension is refused', async () => {
    const { body: loan } = await reserve(ann, { note: 'first' });
    const { body } = await ann
      .patch(`/v1/reservations/${loan.id}`)
      .send({ note: 'second', extendSeconds: 301 });
    expect(body).toMatchObject({ code: 'over_maximum' });
    expect((await see(ann, loan.id)).note).toBe('first');
  });
});
