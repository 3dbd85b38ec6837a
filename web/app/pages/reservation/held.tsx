import { hrefOf, pathOf } from '../../address/address';
import { Copy } from '../../parts/copy';
import type { HeldResource, Loan } from './loan';
import { Credentials } from './credentials';

/** Each resource of a loan with its details; for the holder, with its credentials. */
export function Held({ loan, isMine }: { loan: Loan; isMine: boolean }) {
  if (loan.resources.length === 0) return null;
  return (
    <section aria-label="Resources" class="stack">
      {loan.resources.map((resource) => (
        <article key={resource.id} class="card stack" aria-label={resource.name}>
          <header class="row">
            <h2>
              <a href={hrefOf(pathOf('resources', resource.id))}>
                <bdi>{resource.name}</bdi>
              </a>
            </h2>
            <span class="hint">
              <bdi>{resource.pool}</bdi> · {resource.kind} · <bdi>{resource.type}</bdi>
              {resource.simulated && ' · simulated'}
            </span>
          </header>
          <Details of={resource} />
          {isMine && loan.status === 'active' && resource.hasCredentials && (
            <Credentials key={resource.generation} id={loan.id} resource={resource} />
          )}
        </article>
      ))}
    </section>
  );
}

function Details({ of: { details, name } }: { of: HeldResource }) {
  const entries = Object.entries(details);
  if (entries.length === 0) return null;
  return (
    <dl class="fields">
      {entries.map(([field, value]) => (
        <div key={field}>
          <dt>
            <bdi>{field}</bdi>
          </dt>
          <dd>
            <code dir="ltr">{String(value)}</code>
            <Copy text={String(value)} what={`${field} of ${name}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
