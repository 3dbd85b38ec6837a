import type { HeldResource, Pool } from '../client';
import type { Borrowing } from './borrowing';
import type { LoanShown, PoolShown } from './schemas';
import { withoutSecrets } from './secrets';

/** A request or loan as an agent is shown it; `showsSecrets`: with passwords. */
export function loanShown(borrowing: Borrowing, showsSecrets: boolean): LoanShown {
  const { loan, waiting, lost } = borrowing;
  const isHeld = loan !== null && loan.isHeld;
  return {
    id: borrowing.id!,
    status: isHeld ? 'active' : loan === null && waiting !== null ? waiting.status : 'ended',
    position: loan === null ? (waiting?.position ?? null) : null,
    waitingFor: loan === null ? (waiting?.sentence ?? null) : null,
    endsAt: loan?.reservation.endsAt ?? null,
    resources: isHeld ? loan.resources.map((each) => resourceShown(each, showsSecrets)) : [],
    secretsShown: showsSecrets,
    lost: lost?.detail ?? null,
  };
}

function resourceShown(resource: HeldResource, showsSecrets: boolean) {
  const { id, name, pool, kind, type, simulated, details, credentials } = resource;
  const shown = showsSecrets ? credentials : withoutSecrets(credentials);
  return { id, name, pool, kind, type, simulated, details, credentials: shown };
}

/** A pool as an agent is shown it. */
export function poolShown(pool: Pool): PoolShown {
  const { name, kind, labels, simulated, types, counts, lease } = pool;
  return {
    ...{ name, kind, labels, simulated },
    types: types.map((type) => type.name),
    available: counts.available,
    total: counts.total,
    defaultSeconds: lease.default,
    maximumSeconds: lease.maximum,
  };
}
