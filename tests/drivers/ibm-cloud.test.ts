import type { Evidence } from '../../src/domain/returns/evidence';
import { levelOf } from '../../src/domain/returns/level';
import type { CredentialSecret, Target } from '../../src/drivers/driver';
import { ibmCloudDriver } from '../../src/drivers/ibm-cloud';
import { IbmCloudDriver } from '../../src/drivers/ibm-cloud/driver';
import type { IbmCloudSettings } from '../../src/drivers/ibm-cloud/settings';
import { callOf, newThing } from '../contracts/driver';
import { somebody, TestEngine } from '../helpers/engine';
import { ADMINISTRATOR, patient, Stage } from '../helpers/ibm-cloud/driver';

/** The ibm-cloud driver against a simulated IBM Cloud on loopback. */

const MINUTE = 60_000;
let stage: Stage;
beforeEach(async () => void (stage = await Stage.open({ delays: [0] })));
afterEach(() => stage.close());

/** An account that is lent with `first`, and the driver that does not wait for anything. */
async function lent(fields: Record<string, unknown> = {}) {
  const driver = stage.driver(fields);
  const calm = patient(driver, stage.clock);
  const bare = newThing('account');
  const target = { ...bare, handle: (await calm.provision(bare, callOf())).handle };
  const first = await calm.issueCredential(target, null, callOf());
  return { driver, calm, target, first };
}

/** Calls a retirement until it asks to wait for at least `least` ms; gives the reasons on the way. */
async function retireUntilWaiting(
  { driver, target, first }: { driver: IbmCloudDriver; target: Target; first: CredentialSecret },
  next: CredentialSecret,
  least: number,
) {
  const call = callOf();
  const waits: { until: number; reason: string }[] = [];
  for (let memo: string | null = null; ;) {
    const error = (await driver
      .retireCredential(target, first, next, { ...call, memo })
      .catch((thrown: unknown) => thrown)) as { until: number; reason: string; memo?: string };
    waits.push({ until: error.until, reason: error.reason });
    memo = error.memo ?? memo;
    if (error.until - stage.clock.at >= least) return { waits, memo, call };
    stage.clock.at = Math.max(stage.clock.at, error.until);
  }
}

describe('tokens of the last holder', () => {
  const retired = async (derived: 'dead' | 'acceptUntilExpiry') => {
    const { calm, target, first } = await lent();
    const shown: Evidence = {};
    const show = (evidence: Evidence) => void Object.assign(shown, evidence);
    const next = await calm.issueCredential(target, first, callOf());
    const began = stage.clock.at;
    const call = { ...callOf(undefined, 1, undefined, show), derived };
    await calm.retireCredential(target, first, next, call);
    return { shown, level: levelOf(shown), took: stage.clock.at - began, began };
  };

  it('have expired before the next loan', async () => {
    const { shown, level, took } = await retired('dead');
    expect(level).toBe('R3');
    expect(shown.derived).toEqual({ how: 'expired', until: expect.any(Number) as number });
    expect(shown.derived!.until).toBeLessThanOrEqual(stage.clock.at);
    expect(took).toBeGreaterThanOrEqual(60 * MINUTE);
    expect(shown.refused).toMatchObject({ endpoint: expect.stringMatching(/^http/) as string });
    expect(shown.refused!.times).toBeGreaterThanOrEqual(3);
    expect(shown.searched!.inventory).toMatch(/^[0-9a-f]{64}$/);
  });

  it('may live on where the pool accepts it, and the evidence says until when', async () => {
    const { shown, level, took, began } = await retired('acceptUntilExpiry');
    expect(level).toBe('R1');
    expect(took).toBeLessThan(5 * MINUTE);
    expect(shown.derived).toMatchObject({ how: 'acceptedUntilExpiry' });
    expect(shown.derived!.until).toBeGreaterThanOrEqual(began + 60 * MINUTE);
  });
});

describe('cleaning', () => {
  it('removes everything of every kind, page by page, but what is to be kept', async () => {
    const kept = stage.account.addServiceId('of the owner');
    const group = stage.account.addGroup([`iam-${kept.id}`, 'iam-ServiceId-intruder']);
    const fields = { keep: [kept.id, `iam-${kept.id}`, group.id] };
    const { calm, target, first } = await lent(fields);
    const { account } = stage;
    const before = account.strangers();
    for (let count = 0; count < 7; count += 1) {
      const { id } = account.addServiceId(`spare ${count}`);
      account.addKey(`iam-${id}`, `iam-${String(first.username)}`);
      account.grant(`iam-${id}`, [ADMINISTRATOR]);
      account.addGroup([`iam-${id}`]);
      account.addPlain(account.profiles, `Profile-${count}`, { iam_id: `iam-Profile-${count}` });
      account.addPlain(account.users, `IBMid-${count}`, { iam_id: `IBMid-${count}` });
      account.addPlain(account.resourceKeys, `key-${count}`);
      account.addInstance();
    }
    await calm.clean({ ...target, generation: 2 }, first, callOf());
    await calm.clean({ ...target, generation: 2 }, first, callOf());
    expect(account.strangers().sort()).toEqual(before.sort());
    expect(account.groups.get(group.id)!.members).toEqual([`iam-${kept.id}`]);
    await expect(calm.verify(target, first, callOf())).resolves.toMatchObject({ ok: true });
  });

  it('removes a key and a policy that a holder made for a service ID of ours', async () => {
    const { calm, target, first } = await lent();
    const { account } = stage;
    const next = `iam-${String(first.username)}`;
    const key = account.addKey(next, 'iam-ServiceId-intruder');
    const policy = account.grant(next, [ADMINISTRATOR], {}, 'iam-ServiceId-intruder');
    await calm.clean({ ...target, generation: 2 }, first, callOf());
    expect([account.isLive(key), account.isLive(policy)]).toEqual([false, false]);
    await expect(calm.verify(target, first, callOf())).resolves.toMatchObject({ ok: true });
  });

  it('marks the account anew if a holder removed the mark', async () => {
    const { calm, target, first } = await lent();
    for (const each of stage.account.serviceIds.values())
      if (each.name === 'holdfast-account') stage.account.remove(each);
    await expect(calm.verify(target, first, callOf())).resolves.toMatchObject({ ok: false });
    const { handle } = await calm.clean({ ...target, generation: 2 }, first, callOf());
    expect(handle).toBe(target.handle);
    await expect(calm.verify(target, first, callOf())).resolves.toMatchObject({ ok: true });
  });
});

describe('answers that prove nothing', () => {
  it.each([
    [{ status: 404 }, 'resource'],
    [{ status: 400 }, 'resource'],
    [{ status: 503 }, 'backend'],
    ['cut before', 'backend'],
    ['cut after', 'backend'],
    ['silent', 'backend'],
  ] as const)('%j is no refusal of a key', async (mishap, scope) => {
    const { target, first } = await lent();
    const driver = stage.driver({ requestTimeoutMs: 200 });
    stage.server.mishap = ({ path }) => (path === '/identity/token' ? mishap : null);
    await expect(driver.checkCredential(target, first, callOf())).rejects.toMatchObject({
      name: 'DriverError',
      scope,
    });
  });

  it('429 is a pause, for as long as it asks', async () => {
    const { driver, target, first } = await lent();
    stage.server.mishap = () => ({ status: 429, retryAfter: '90' });
    const until = stage.clock.at + 90_000;
    await expect(driver.checkCredential(target, first, callOf())).rejects.toMatchObject({
      name: 'NotYet',
      until,
    });
    stage.server.mishap = ({ path }) =>
      path === '/v1/policies' ? { status: 429, retryAfter: '90' } : null;
    await expect(driver.clean(target, first, callOf())).rejects.toMatchObject({ until });
  });
});

describe('a token that lives on', () => {
  it('keeps the account until it has expired; the witness is made before anything is deleted', async () => {
    await stage.close();
    stage = await Stage.open({ isFrozen: true, tokenLife: 900 });
    const held = await lent({ holdersManageAccess: false, propagationMs: 1_000 });
    const token = stage.world.exchangeKey(String(held.first.password), 0)!;
    const next = await held.calm.issueCredential(held.target, held.first, callOf());
    const { waits } = await retireUntilWaiting(held, next, MINUTE);
    expect(waits[0]).toEqual({
      until: expect.any(Number) as number,
      reason: 'The key of the last holder is about to be retired.',
    });
    expect(waits.at(-1)!.reason).toMatch(/^A token of the last holder may live until 1\d:\d\d UTC/);
    expect(stage.world.works({ access: token.access })).toBe(true);
    await held.calm.retireCredential(held.target, held.first, next, callOf());
    expect(stage.world.works({ access: token.access })).toBe(false);
  });

  it('is not waited for once it is refused, if holders cannot manage access', async () => {
    const held = await lent({ holdersManageAccess: false, propagationMs: 1_000 });
    const next = await held.calm.issueCredential(held.target, held.first, callOf());
    const began = stage.clock.at;
    await held.calm.retireCredential(held.target, held.first, next, callOf());
    expect(stage.clock.at - began).toBeLessThan(MINUTE);
  });
});

it('an account is `cleaning` while it waits, with the reason, and nothing counts as a failure', async () => {
  const clock = stage.clock;
  const factory = {
    ...ibmCloudDriver,
    create: (settings: IbmCloudSettings, env: { installation: string }) =>
      new IbmCloudDriver(settings, env, clock.now),
  } as unknown as typeof ibmCloudDriver;
  const written = JSON.stringify(stage.written());
  const test = await TestEngine.start({
    clock: Object.assign(clock, { advance: (ms: number) => void (clock.at += ms) }),
    factories: [factory],
    pools: `pools: [{ name: cloud, kind: account, driver: ibm-cloud, size: 1, settings: ${written} }]`,
  });
  for (let count = 0; count < 20; count += 1) await test.after(10 * MINUTE);
  expect(await test.statuses('cloud')).toEqual({ 'cloud-1': 'available' });
  const ann = somebody('ann');
  const loan = await test.reserve(ann, { pool: 'cloud' });
  await test.release(ann, loan.id);
  for (let count = 0; count < 10; count += 1) await test.after(1_000);
  const waiting = await test.resource('cloud-1');
  expect(waiting).toMatchObject({ status: 'cleaning', failures: 0 });
  expect(waiting.reason).toMatch(/^A token of the last holder may live until \d\d:\d\d UTC\.$/);
  for (let count = 0; count < 10; count += 1) await test.after(10 * MINUTE);
  expect(await test.resource('cloud-1')).toMatchObject({ status: 'available', reason: null });
});

it.each([
  [
    'an API key in the settings',
    { accounts: [{ name: 'a', accountId: '0'.repeat(32), apiKey: 'x' }] },
  ],
  ['an endpoint in clear', { endpoints: { iam: 'http://iam.example.com' } }],
  [
    'a witness that is no instance',
    { accounts: [{ name: 'a', accountId: '0'.repeat(32), apiKeyFile: '/k', witness: 'x' }] },
  ],
  ['no access', { access: [] }],
  ['an endpoint that is no URL', { endpoints: { iam: 'not one' } }],
])('settings refuse %s', (_what, fields) => {
  expect(ibmCloudDriver.settings.safeParse(stage.written(fields)).success).toBe(false);
});
