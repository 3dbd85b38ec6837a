import type { ResourceSnapshot } from '../domain/lifecycle/admin';
import type { CredentialSnapshot } from '../domain/lifecycle/given-credential';
import type { Caps } from '../domain/queue/caps';
import type { HearingSnapshot } from '../domain/hearing';
import type { HistorySnapshot } from '../domain/history/keeping';
import type { CompletionSnapshot } from '../domain/lifecycle/completion';
import type { ReservationSnapshot } from '../domain/loans/ending';
import type { RefusalSnapshot } from '../domain/loans/refusal';
import type { QueueSnapshot } from '../domain/loans/granting';
import type { PoolFacts } from '../domain/pools/loading';
import type { ReplanSnapshot } from '../domain/pools/replanning';
import type { ReviewSnapshot } from '../domain/queue/review';
import type { RequestItem } from '../domain/loans/reservation';
import type { SparesSnapshot } from '../domain/pools/spares';
import type { SizingSnapshot } from '../domain/pools/sizing';
import type { RestoredSnapshot } from '../domain/lifecycle/restored';
import type { LeftClaim, StartupSnapshot } from '../domain/lifecycle/recovery';
import type { SignInSnapshot } from '../domain/people/sign-in';
import type { SubmissionSnapshot } from '../domain/loans/submission';
import type { CallerIds, CallerRows } from '../domain/people/caller';
import type { Session, SessionSnapshot } from '../domain/people/session';
import type { ApiToken, Email, GithubIdentifier, User } from '../domain/people/user';
import type { VmUser, VmUserCounts } from '../domain/legacy';
import type { WorkAsk } from '../domain/lifecycle/dispatch';
import type { WorkSnapshot } from '../domain/lifecycle/claims';
import type { WebhookSnapshot } from '../domain/webhooks/changing';
import type { DueSnapshot } from '../domain/webhooks/outbox';
import type { Delivery, Webhook } from '../domain/webhooks/webhook';
import type { Page } from './page';

/**
 * The snapshots that decisions are based on, by name: the request and the result. All are bounded.
 * With `caller`, the rows of that user, token and session are in the snapshot, too.
 */
export interface Loads {
  /**
   * The classes that the items match, with the heads of their queues, their available resources,
   * and the numbers that `caps` bound, if given.
   */
  submission: {
    ask: {
      items: RequestItem[];
      userId?: string;
      caps?: Caps;
      caller?: CallerIds;
      onBehalfOf?: string;
    };
    gives: SubmissionSnapshot;
  };
  /** A reservation with its holdings; null if it does not exist. */
  reservation: {
    ask: { id: string };
    gives: ReservationSnapshot | null;
  };
  /** The same with everything that could serve it while it is queued. */
  refusal: {
    ask: { id: string };
    gives: RefusalSnapshot | null;
  };
  /** A resource by id or name, with the queue of its class; null if it does not exist. */
  resource: {
    ask: { idOrName: string };
    gives: ResourceSnapshot | null;
  };
  /** The same with its known credentials. */
  credentials: {
    ask: { idOrName: string };
    gives: CredentialSnapshot | null;
  };
  /** The due operations of these kinds, for each pool within its concurrency. */
  work: { ask: WorkAsk; gives: WorkSnapshot };
  /** An operation with everything that its completion may touch; null if it does not exist. */
  operation: { ask: { id: string }; gives: CompletionSnapshot | null };
  /**
   * The heads of some queues, and the resources available for them; with `holes`, those held for
   * others that may be lent meanwhile, too. `named`: resources that are asked for by name, with the
   * queues of their classes.
   */
  classes: {
    ask: { classIds: number[]; named?: string[]; holes?: boolean };
    gives: QueueSnapshot;
  };
  /** A queued request that holds something or is parked; null if it is not queued. */
  review: { ask: { id: string }; gives: ReviewSnapshot | null };
  /** A page of the idle resources of a pool that are to be planned anew; null if none are. */
  replanning: { ask: { poolId: string; limit: number }; gives: ReplanSnapshot | null };
  /** A pool, the record of an idempotency key, and the resource that is called `resource`. */
  pool: {
    ask: { name: string; resources?: readonly string[] };
    gives: PoolSnapshot;
  };
  /** A pool compared with its size; null if it does not exist. */
  sizing: { ask: { poolId: string }; gives: SizingSnapshot | null };
  /** A pool that keeps spares, with those to offer or to keep back; null if it does not exist. */
  spares: { ask: { poolId: string }; gives: SparesSnapshot | null };
  /** When callers could be heard, and at most `limit` of the deadlines to be moved on. */
  hearing: { ask: { limit: number }; gives: HearingSnapshot };
  /** At most `limit` rows of each kind that are not in the tallies of the history yet. */
  historyTail: { ask: { limit: number }; gives: HistorySnapshot };
  /** Claimed operations whose worker's name begins with `worker`; at most `limit`. */
  claims: { ask: { worker: string; limit: number }; gives: LeftClaim[] };
  /** A page of the available resources. */
  startup: { ask: Page; gives: StartupSnapshot };
  /** A page of all resources, of whatever status. */
  restored: { ask: Page; gives: RestoredSnapshot };
  /**
   * A user by id, the users with this e-mail address or username (in any case), and how many admins
   * there are.
   */
  user: {
    ask: {
      id: string | null;
      email: string | null;
      username: string | null;
      caller?: CallerIds;
    };
    gives: UserSnapshot;
  };
  /** A user by id, and the users with this GitHub account or address. */
  identity: {
    ask: {
      userId: string;
      githubId: string | null;
      email: string | null;
    };
    gives: IdentitySnapshot;
  };
  /**
   * The candidates for a GitHub account: the user it is linked to, users with one of `emails` as
   * their address, and the user with this username.
   */
  signIn: { ask: { githubId: string; emails: string[]; username: string }; gives: SignInSnapshot };
  /** An API token by id. With `ownerId`, also how many tokens of this user work. */
  token: {
    ask: { id: string | null; caller?: CallerIds; ownerId?: string };
    gives: { token: ApiToken | null; caller?: CallerRows; working?: number };
  };

  /**
   * A session by id, and those of a user that a token made (null: no token), in order of their last
   * use.
   */
  session: {
    ask: {
      id: string | null;
      of?: Pick<Session, 'userId' | 'apiTokenId'>;
      caller?: CallerIds;
    };
    gives: SessionSnapshot & { caller?: CallerRows };
  };

  /** A webhook by id; with `userId`, also how many webhooks that user has, and all have. */
  webhook: {
    ask: { id: string | null; userId?: string; caller?: CallerIds };
    gives: WebhookSnapshot;
  };
  /**
   * A webhook with the rows of its user and token, and deliveries that may be tried now: pending,
   * their time has come, and no earlier one of the same reservation is pending; the earliest first.
   */
  due: { ask: { webhookId: string; limit: number }; gives: DueSnapshot };
  /** A delivery by id, with its webhook. */
  delivery: {
    ask: { id: string; webhookId: string };
    gives: { webhook: Webhook | null; delivery: Delivery | null };
  };

  // Data that only the legacy APIs use; see domain/legacy.ts.

  /**
   * As `user`, with the VM reservation API's data about this user and the caller, and how many users
   * it has.
   */
  vmUser: {
    ask: { id: string; email: string | null; username: string | null; caller?: CallerIds };
    gives: VmUserSnapshot;
  };
}

export type PoolSnapshot = PoolFacts;

export interface UserSnapshot {
  user: User | null;
  sameEmail: User | null;
  /** The users of this name, in any case. */
  sameUsername: User[];
  admins: number;
  /** Reservations of the user that have not ended. */
  live: number;
  caller?: CallerRows;
}

export interface VmUserSnapshot extends UserSnapshot {
  vmUser: VmUser | null;
  vmUsers: VmUserCounts;
  callerVm?: VmUser | null;
}

export interface IdentitySnapshot {
  user: User | null;
  /** The user that the GitHub account belongs to already. */
  githubIdentifier: GithubIdentifier | null;
  /** The address, if the user already has it. */
  email: Email | null;
  /** How many addresses the user has; counted only with an address. */
  addresses: number;
}

export type LoadName = keyof Loads;
export type Load<K extends LoadName> = { load: K } & Loads[K]['ask'];
