import type { Scope } from '../../../src/domain/people/user';
import { JOB_NAMES } from '../../../src/service/jobs/jobs';
import {
  ACCESS_POOLS,
  type AccessRow,
  type Ground,
  type Target,
} from '../../soak/helpers/access-rows';
import { TestClock } from '../engine';
import { FakeGithub } from '../github';
import { LegacyServer } from '../legacy';
import type { Caller } from '../server';
import type { CallerName } from './calls';

/** After so many calls that took effect, everything is made anew: lists would grow. */
const MOST_EFFECTS = 150;
/** A route begins where no more than these have taken effect. */
const FEW_EFFECTS = 20;
/** For so many calls without effect, the same thing is called. */
const MOST_CALLS = 200;

const metrics = { contentType: 'text/plain; version=0.0.4', render: async () => 'up 1\n' };

/**
 * A server with something of everything, and callers of every kind. It is made anew when its callers
 * lose their rights, or when much has been made in it.
 */
export class LivingGround {
  private state: State | null = null;
  private row: AccessRow | undefined;

  /** The thing that the calls are about from now on. */
  async about(row: AccessRow | undefined): Promise<void> {
    this.row = row;
    if (this.state && this.state.effects > FEW_EFFECTS) await this.renew();
    if (this.state) this.state.target = null;
  }

  /** The state for the next call. */
  async ready(): Promise<Ready> {
    if (this.state && this.state.effects >= MOST_EFFECTS) await this.renew();
    const state = (this.state ??= await begin());
    state.calls += 1;
    if (state.calls > MOST_CALLS) state.target = null;
    state.target ??= await this.targetOf(state);
    return { ...state, target: state.target };
  }

  /** A call took effect: what it was about may be gone, and so may the rights of the callers. */
  async changed(mayEndRights: boolean): Promise<void> {
    const { state } = this;
    if (!state) return;
    state.effects += 1;
    state.target = null;
    if (!mayEndRights) return;
    for (const caller of [state.admin, state.owner, state.other])
      if ((await caller.get('/v1/me')).status !== 200) return this.renew();
  }

  /** Ends the server; the next call begins on a new one. */
  async renew(): Promise<void> {
    const { state } = this;
    this.state = null;
    await state?.server.stop();
  }

  private async targetOf(state: State): Promise<Target> {
    state.calls = 0;
    if (!this.row?.thing) return { id: 'nosuch' };
    return this.row.thing(state).catch(async () => {
      // Something that it needs is lent or gone.
      const { server, ...fresh } = await begin();
      await state.server.stop();
      Object.assign(state, { server, ...fresh });
      return this.row!.thing!(state);
    });
  }
}

interface State extends Ground {
  other: Caller;
  metrics: Caller;
  target: Target | null;
  calls: number;
  effects: number;
}

export interface Ready extends State {
  target: Target;
}

/** The value of Authorization of a caller; null for none. */
export function authorizationOf(ready: Ready, name: CallerName): string | null {
  if (name === 'anonymous') return null;
  if (name === 'wrong') return 'Bearer hf_wrong';
  const caller = name === 'user' ? (ready.target.owner ?? ready.owner) : ready[name];
  return caller.headers.Authorization ?? null;
}

const EVERY: Scope[] = ['read', 'reserve', 'self', 'admin', 'identity:write'];

async function begin(): Promise<State> {
  const clock = new TestClock();
  const github = (await FakeGithub.start(clock)).setup();
  const server = await LegacyServer.start({
    mode: 'guarded',
    pools: ACCESS_POOLS,
    clock,
    github,
    metrics,
  });
  const setUp = await server.admin();
  const tokenOf = async (scopes: Scope[]) =>
    server.server.bearer(await server.tokenOf(setUp, scopes));
  // Every job but one runs; all count as alive.
  for (const name of JOB_NAMES) await server.test.engine.store.beat(name);
  return {
    server,
    admin: await tokenOf(EVERY),
    metrics: await tokenOf(['metrics']),
    owner: await server.user('owner'),
    other: await server.user('other'),
    target: null,
    calls: 0,
    effects: 0,
  };
}
