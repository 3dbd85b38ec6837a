import type { Passwords } from '../crypto/passwords';
import { Authentication } from './people/authentication';
import { Directory } from './people/directory';
import type { Drivers } from './lifecycle/drivers';
import type { Engine } from './engine';
import { GithubSignIn, type GithubSetup } from './people/github-sign-in';
import { examine, type Health } from './installation/health';
import { statistics, type Statistics } from './installation/statistics';
import { ListedResources } from './pools/listing';
import { Pools } from './pools/pools';
import { Reservations } from './loans/reservations';
import { Returns } from './returns/returns';
import { Resources } from './lifecycle/resources';
import { Users } from './people/users';
import { Waiting } from './loans/waiting';

/** A page of a list: at most `limit` entries after `after`, in the order of the list. */
export type { Page } from '../store/reads';

/** Metrics as Prometheus reads them. */
export interface MetricsText {
  contentType: string;
  render(): Promise<string>;
}

/** All that an API offers, made once per process. */
export interface Services {
  engine: Engine;
  drivers: Drivers;
  passwords: Passwords;
  authentication: Authentication;
  users: Users;
  directory: Directory;
  pools: Pools;
  resources: Resources;
  listedResources: ListedResources;
  reservations: Reservations;
  waiting: Waiting;
  returns: Returns;
  health: () => Promise<Health>;
  statistics: () => Promise<Statistics>;
  /** The metrics that the API shows; null: it shows none. */
  metrics: MetricsText | null;
  /** null: nobody signs in with GitHub. */
  github: GithubSignIn | null;
}

/**
 * `setupToken`: the token that allows its bearer to make the first admin. `github`: how people sign
 * in with GitHub, if they do.
 */
export function createServices(
  engine: Engine,
  drivers: Drivers,
  passwords: Passwords,
  setupToken: string,
  github: GithubSetup | null = null,
): Services {
  const reservations = new Reservations(engine);
  return {
    engine,
    drivers,
    passwords,
    authentication: new Authentication(engine, passwords),
    users: new Users(engine, passwords, setupToken),
    directory: new Directory(engine),
    pools: new Pools(engine),
    resources: new Resources(engine),
    listedResources: new ListedResources(engine, drivers.factories),
    reservations,
    returns: new Returns(engine, reservations),
    waiting: new Waiting(engine),
    health: () => examine(engine),
    statistics: () => statistics(engine),
    metrics: null,
    github: github && new GithubSignIn(engine, github),
  };
}
