import type { CredentialSnapshot, ResourceSnapshot } from '../domain/lifecycle/admin';
import type { Caps } from '../domain/queue/caps';
import type { CompletionSnapshot } from '../domain/lifecycle/completion';
import type { ReservationSnapshot } from '../domain/loans/ending';
import type { QueueSnapshot } from '../domain/loans/granting';
import type { OperationKind } from '../domain/lifecycle/operation';
import type { PoolFacts } from '../domain/pools/loading';
import type { RequestItem } from '../domain/loans/reservation';
import type { SizingSnapshot } from '../domain/pools/sizing';
import type { RestoredSnapshot } from '../domain/lifecycle/restored';
import type { LeftClaim, StartupSnapshot } from '../domain/lifecycle/recovery';
import type { SignInSnapshot } from '../domain/people/sign-in';
import type { SubmissionSnapshot } from '../domain/loans/submission';
import type { ApiToken, Email, GithubIdentifier, User } from '../domain/people/user';
import type { VmUser, VmUserCounts } from '../domain/legacy';
import type { WorkSnapshot } from '../domain/lifecycle/claims';
import type { Page } from './page';

/**
 * The snapshots that decisions are made on: by name, what is asked and what is loaded. All are
 * bounded.
 */
export interface Loads {
  /**
   * The classes that the items match, with the heads of their queues and what is available in them;
   * and what `caps` bound, if given.
   */
  submission: {
    ask: { items: RequestItem[]; userId?: string; caps?: Caps };
    gives: SubmissionSnapshot;
  };
  /** A reservation with what it holds; null if there is none. */
  reservation: {
    ask: { id: string };
    gives: ReservationSnapshot | null;
  };
  /** A resource by id or name, with the queue of its class; null if there is none. */
  resource: {
    ask: { idOrName: string };
    gives: ResourceSnapshot | null;
  };
  /** The same with the credentials that are known of it. */
  credentials: {
    ask: { idOrName: string };
    gives: CredentialSnapshot | null;
  };
  /** Due operations of these kinds, pool by pool within each one's concurrency. */
  work: { ask: { kinds: readonly OperationKind[]; limit: number }; gives: WorkSnapshot };
  /** An operation with all that its report may touch; null if there is none. */
  operation: { ask: { id: string }; gives: CompletionSnapshot | null };
  /** The heads of some queues, and what is available for them. */
  classes: { ask: { classIds: number[] }; gives: QueueSnapshot };
  /** A pool, what an idempotency key stands for, and the resource that is called `resource`. */
  pool: {
    ask: { name: string; resource?: string };
    gives: PoolSnapshot;
  };
  /** A pool against its size; null if there is none. */
  sizing: { ask: { poolId: string }; gives: SizingSnapshot | null };
  /** Claimed operations whose worker's name begins with `worker`; at most `limit`. */
  claims: { ask: { worker: string; limit: number }; gives: LeftClaim[] };
  /** A page of the available resources. */
  startup: { ask: Page; gives: StartupSnapshot };
  /** A page of all resources, of whatever status. */
  restored: { ask: Page; gives: RestoredSnapshot };
  /**
   * A user by id and whoever has this e-mail address or username; and whether anybody is an admin.
   */
  user: {
    ask: {
      id: string | null;
      email: string | null;
      username: string | null;
    };
    gives: UserSnapshot;
  };
  /** A user by id, and who has this GitHub account or address. */
  identity: {
    ask: {
      userId: string;
      githubId: string | null;
      email: string | null;
    };
    gives: IdentitySnapshot;
  };
  /**
   * The candidates for a GitHub account: its owner, the users whose own address is one of `emails`,
   * and the user with the username.
   */
  signIn: { ask: { githubId: string; emails: string[]; username: string }; gives: SignInSnapshot };
  /** An API token by id. */
  token: {
    ask: { id: string | null };
    gives: { token: ApiToken | null };
  };

  // Side data of the legacy APIs; see domain/legacy.ts.

  /** As `user`, with what the VM reservation API keeps about this user and how many it has. */
  vmUser: {
    ask: { id: string; email: string | null; username: string | null };
    gives: VmUserSnapshot;
  };
}

export type PoolSnapshot = PoolFacts;

export interface UserSnapshot {
  user: User | null;
  sameEmail: User | null;
  sameUsername: User | null;
  admins: number;
  /** Reservations of the user that have not ended. */
  live: number;
}

export interface VmUserSnapshot extends UserSnapshot {
  vmUser: VmUser | null;
  vmUsers: VmUserCounts;
}

export interface IdentitySnapshot {
  user: User | null;
  /** The current owner of the GitHub account. */
  githubIdentifier: GithubIdentifier | null;
  /** The address, if the user has it already. */
  email: Email | null;
}

export type LoadName = keyof Loads;
export type Load<K extends LoadName> = { load: K } & Loads[K]['ask'];
