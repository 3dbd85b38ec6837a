import { isDeepStrictEqual } from 'node:util';
import type fc from 'fast-check';
import { DomainError } from '../../../src/domain/errors';
import type { CredentialSecret } from '../../../src/drivers/driver';
import { somebody, type TestEngine } from '../../helpers/engine';
import type { Recorder } from '../model/recorder';
import { isOver, type World } from '../model/world';
import type { Invariants } from './invariants';
import type { KnownFile } from './pools';

/** The expected state: the world as the rules make it, and who asked for what. */
export interface Model {
  world: World;
  file: KnownFile;
  asked: string[];
  steps: number;
}

/** The engine under test, which a restart replaces, and what each user has been shown so far. */
export interface Real {
  test: TestEngine;
  recorder: Recorder;
  invariants: Invariants;
  shown: { resourceId: string; reservationId: string; credentials: CredentialSecret }[];
}

export interface Plan {
  /** Can it happen now? */
  check?: (model: Model) => boolean;
  /** The effects of time come first. */
  expires?: boolean;
  prepare?: (model: Model) => void;
  /** The code of the refusal that the model expects, or `none`. */
  answer: (model: Model, real: Real) => string;
  work: (model: Model, real: Real) => Promise<unknown>;
  /** Is all due work done after it? */
  settles?: boolean;
  after?: (model: Model) => void;
}

const ann = somebody('ann', 'admin');

/** One action: its answer and its consequences agree with the model. */
export class Step implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly name: string,
    readonly plan: Plan,
  ) {}

  check(model: Readonly<Model>): boolean {
    return this.plan.check?.(model) ?? true;
  }

  async run(model: Model, real: Real): Promise<void> {
    model.steps += 1;
    const { expires = false, settles = false, prepare, answer, work, after } = this.plan;
    try {
      prepare?.(model);
      if (expires) await real.test.expire();
      follow(model, real);
      const foreseen = answer(model, real);
      const answered = await work(model, real).then(() => 'none', codeOf);
      same('answered', answered, foreseen);
      await real.test.reconcile();
      follow(model, real);
      model.world.reconciled();
      after?.(model);
      this.compare(model, real, settles);
      await checkHolders(model, real);
    } catch (error) {
      throw new Error(`${this.name}: ${(error as Error).message}`, { cause: error });
    } finally {
      model.world.ending = null;
      real.test.clock.advance(1);
    }
  }

  private compare({ world }: Model, { test, invariants }: Real, settles: boolean): void {
    const now = test.engine.store.now();
    same('broken', invariants.broken(now, settles), {});
    same('unserved', world.turns(now).pending(), []);
    same('idling', world.idling(now), []);
    same(
      'hopeless',
      world
        .waiting(now)
        .filter((request) => !world.canBeServed(request))
        .map(({ id }) => id),
      [],
    );
    same('standing', invariants.standing(), standing(world));
  }

  toString(): string {
    return this.name;
  }
}

/** `expect` builds its messages only when they are needed. */
function same(what: string, found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect({ [what]: found }).toEqual({ [what]: expected });
}

function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  throw error;
}

function follow({ world }: Model, { recorder }: Real): void {
  for (const decided of recorder.take()) world.follow(decided);
}

/** Requests and resources of the model, as the database should have them. */
function standing({ requests, resources }: World): Record<string, unknown> {
  const asked = [...requests.values()].map(
    ({ id, status, reason, startsAt, endsAt, heartbeatBy, deadlineAt }) => [
      id,
      { status, reason, startsAt, endsAt, heartbeatBy, deadlineAt },
    ],
  );
  const there = [...resources.values()].map(
    ({ id, status, admin, generation, failures, aside }) => [
      id,
      { status, admin, generation, failures, aside },
    ],
  );
  return Object.fromEntries([...asked, ...there]) as Record<string, unknown>;
}

/** Every holder gets in, and no earlier holder does; an ended reservation shows nothing. */
async function checkHolders({ world }: Model, { test, shown }: Real): Promise<void> {
  const now = test.engine.store.now();
  for (const request of world.requests.values()) {
    if (request.status !== 'active') continue;
    const view = await test.view(ann, request.id);
    same('seen as', view.status, isOver(request, now) ? 'ended' : 'active');
    for (const { resource, credentials } of view.resources) {
      same('has credentials', credentials !== null, !isOver(request, now));
      if (!credentials) continue;
      same('gets in', test.letsIn(resource, credentials), true);
      const others = shown.filter(
        (entry) => entry.resourceId === resource.id && entry.reservationId !== request.id,
      );
      same(
        'others get in',
        others.filter((entry) => test.letsIn(resource, entry.credentials)),
        [],
      );
      if (
        !shown.some(
          (entry) => entry.reservationId === request.id && entry.resourceId === resource.id,
        )
      )
        shown.push({ resourceId: resource.id, reservationId: request.id, credentials });
    }
  }
}
