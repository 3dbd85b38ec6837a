import type { Author } from '../domain/author';
import type { SessionTimes } from '../domain/people/session';
import type { Passwords } from '../crypto/passwords';
import type { Principal } from '../domain/people/user';
import { Authentication } from './people/authentication';
import { Directory } from './people/directory';
import type { Drivers } from './lifecycle/drivers';
import { engineFor, type Engine } from './engine';
import { Events } from './events/events';
import { EventFeed } from './events/feed';
import { OverviewFeed } from './overview/overview-feed';
import { GithubSignIn, type GithubSetup } from './people/github-sign-in';
import { examine, type Health } from './installation/health';
import { statistics, type Statistics } from './installation/statistics';
import { ListedResources } from './pools/listing';
import { PoolLoans } from './pools/pool-loans';
import { Histories } from './pools/histories';
import { Timelines } from './pools/timelines';
import { Pools } from './pools/pools';
import { Loans } from './loans/loans';
import { Reservations } from './loans/reservations';
import { Returns } from './returns/returns';
import { Resources } from './lifecycle/resources';
import { Sessions } from './people/sessions';
import { Users } from './people/users';
import { Webhooks } from './webhooks/webhooks';
import { Waiting } from './loans/waiting';

/** A page of a list: at most `limit` entries after `after`, in the order of the list. */
export type { Page } from '../store/reads';

/** Metrics as Prometheus reads them. */
export interface MetricsText {
  contentType: string;
  render(): Promise<string>;
}

/** A call of an agent, as the route takes it. */
export interface AgentCall {
  method: string;
  /** The session that it names. */
  session: string | undefined;
  /** The message, parsed. */
  body: unknown;
  headers: [name: string, value: string][];
  principal: Principal;
  /** The secret of the caller's token: with it, the tools call. */
  token: string;
  /** The address of the caller. */
  address: string;
  /** Aborts when the caller has its answer, or is gone. */
  signal: AbortSignal;
}

/** The sessions of agents that call over HTTP. */
export interface AgentSessions {
  /** Answers a call. Errors: `not_found`, `invalid`, `busy`. */
  answer: (call: AgentCall) => Promise<Response>;
}

/** The parts of an API that may write, made for the author of what they write. */
export interface UseCases {
  engine: Engine;
  users: Users;
  directory: Directory;
  sessions: Sessions;
  pools: Pools;
  poolLoans: PoolLoans;
  timelines: Timelines;
  histories: Histories;
  resources: Resources;
  listedResources: ListedResources;
  reservations: Reservations;
  loans: Loans;
  returns: Returns;
  events: Events;
  webhooks: Webhooks;
  /** null: nobody signs in with GitHub. */
  github: GithubSignIn | null;
}

/** All that an API offers, made once per process; `servicesFor` gives them to one author. */
export interface Services extends UseCases {
  drivers: Drivers;
  passwords: Passwords;
  authentication: Authentication;
  waiting: Waiting;
  feed: EventFeed;
  overview: OverviewFeed;
  health: () => Promise<Health>;
  statistics: () => Promise<Statistics>;
  /** The metrics that the API shows; null: it shows none. */
  metrics: MetricsText | null;
  /** Agents that call by the Model Context Protocol; null: none may. */
  mcp: AgentSessions | null;
  useCases: (engine: Engine) => UseCases;
}

/** The services of a process for what one author does. */
export function servicesFor(services: Services, author: Author): Services {
  return { ...services, ...services.useCases(engineFor(services.engine, author)) };
}

/**
 * `setupToken`: the token that allows its bearer to make the first admin. `github`: how people sign
 * in with GitHub, if they do. `sessionTimes`: how long sessions of browsers last.
 */
export function createServices(
  engine: Engine,
  drivers: Drivers,
  passwords: Passwords,
  setupToken: string,
  github: GithubSetup | null = null,
  sessionTimes?: SessionTimes,
): Services {
  const signIn = github && new GithubSignIn(engine, github);
  const useCases = (own: Engine): UseCases => {
    const reservations = new Reservations(own);
    return {
      engine: own,
      users: new Users(own, passwords, setupToken),
      directory: new Directory(own),
      sessions: new Sessions(own, sessionTimes),
      pools: new Pools(own),
      poolLoans: new PoolLoans(own),
      timelines: new Timelines(own),
      histories: new Histories(own),
      resources: new Resources(own),
      listedResources: new ListedResources(own, drivers.factories),
      reservations,
      loans: new Loans(own),
      returns: new Returns(own, reservations),
      events: new Events(own),
      webhooks: new Webhooks(own),
      github: signIn && signIn.for(own),
    };
  };
  return {
    ...useCases(engine),
    drivers,
    passwords,
    authentication: new Authentication(engine, passwords),
    waiting: new Waiting(engine),
    feed: new EventFeed(engine),
    overview: new OverviewFeed(engine),
    health: () => examine(engine),
    statistics: () => statistics(engine),
    metrics: null,
    mcp: null,
    useCases,
  };
}
