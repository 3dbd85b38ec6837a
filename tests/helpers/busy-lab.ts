import type { Caller } from './server';

/** Pools for the work of `fillLab`. */
export const LAB_POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 12, shareHolders: true }
  - { name: phones, kind: account, driver: simulated, size: 3 }
`;

/**
 * Somebody's work on LAB_POOLS: loans, a queue, a thing in maintenance, a webhook. `settled` resolves
 * once all that is free has been lent. Resolves with an address for each page of the dashboard whose
 * path has parameters.
 */
export async function fillLab(
  admin: Caller,
  bea: Caller,
  settled: () => Promise<unknown>,
): Promise<Record<string, string>> {
  const made = async (caller: Caller, path: string, body: object) => {
    const answer = await caller.post(path).send(body);
    expect(answer.ok).toBe(true);
    return answer.body.id as string;
  };
  const reservation = await made(admin, '/v1/reservations', { items: [{ pool: 'lab' }] });
  await made(bea, '/v1/reservations', { items: [{ pool: 'phones', count: 3 }], note: 'a test' });
  await settled();
  await made(bea, '/v1/reservations', { items: [{ pool: 'phones' }] });
  const webhook = await made(admin, '/v1/webhooks', { url: 'https://hooks.example.org/a' });
  const broken = { adminState: 'maintenance', reason: 'its fan is broken' };
  await admin.patch('/v1/resources/lab-12').send(broken).expect(200);
  const { body } = await admin.get('/v1/resources/lab-1');
  return {
    '/pools/:name': '/pools/lab',
    '/run/pools/:name': '/run/pools/lab',
    '/run/webhooks/:id': `/run/webhooks/${webhook}`,
    '/resources/:id': `/resources/${body.id}`,
    '/reservations/:id': `/reservations/${reservation}`,
  };
}
