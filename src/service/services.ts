import type { Passwords } from '../crypto/passwords';
import { Authentication } from './authentication';
import type { Drivers } from './drivers';
import type { Engine } from './engine';
import { Pools } from './pools';
import { Reservations } from './reservations';
import { Resources } from './resources';
import { Users } from './users';
import { Waiting } from './waiting';

/** Everything that an API offers, made once per process. */
export interface Services {
  engine: Engine;
  drivers: Drivers;
  authentication: Authentication;
  users: Users;
  pools: Pools;
  resources: Resources;
  reservations: Reservations;
  waiting: Waiting;
}

/** `setupToken`: with which the first admin is made. */
export function createServices(engine: Engine, drivers: Drivers, passwords: Passwords, setupToken: string): Services {
  return {
    engine,
    drivers,
    authentication: new Authentication(engine, passwords),
    users: new Users(engine, passwords, setupToken),
    pools: new Pools(engine),
    resources: new Resources(engine),
    reservations: new Reservations(engine),
    waiting: new Waiting(engine),
  };
}

