import type { ComponentChildren } from 'preact';
import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Copy } from '../../parts/copy';
import { stateOf } from '../../parts/resource-state';
import { StateBadge } from '../../parts/state';
import { Time } from '../../parts/time';
import { me } from '../../server/session';
import '../../styles/resource.css';
import type { FoundResource, Resource } from './use-resource';

/** The state of a resource, its holder, and everything else that it shows by itself. */
export function ResourceFacts({ of }: { of: FoundResource }) {
  const { resource, loan, takenOut } = of;
  return (
    <dl class="facts">
      <Fact name="State">
        <StateBadge state={stateOf(resource)} />
        {resource.simulated && <Badge kind="warn">simulated</Badge>}
        <Standing of={resource} />
      </Fact>
      {takenOut && <TakenOut by={takenOut} />}
      <Reason of={resource} />
      {resource.status === 'allocated' && (
        <Fact name="Holder">
          <Holder loan={loan} />
        </Fact>
      )}
      <Fact name="Pool">
        <a href={hrefOf(pathOf('pools', resource.pool))}>
          <bdi>{resource.pool}</bdi>
        </a>
        <span class="hint">
          {resource.kind}, type <bdi>{resource.type}</bdi>
        </span>
      </Fact>
      {Object.entries(resource.details).map(([name, value]) => (
        <Fact key={name} name={name}>
          <Copied text={String(value)} what={name} />
        </Fact>
      ))}
      <Instants of={resource} />
      <Fact name="Generation">{resource.generation}</Fact>
      <Fact name="Id">
        <Copied text={resource.id} what="id" />
      </Fact>
    </dl>
  );
}

/** A text with a button that copies it. */
function Copied({ text, what }: { text: string; what: string }) {
  return (
    <span class="copied">
      <bdi class="mono">{text}</bdi>
      <Copy text={text} what={what} />
    </span>
  );
}

/** A name and its value, in a list of such. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>
        <bdi>{name}</bdi>
      </dt>
      <dd class="row">{children}</dd>
    </div>
  );
}

/** The decision that took it out of service: its reason, author and time. */
function TakenOut({ by: { actor, at, data } }: { by: NonNullable<FoundResource['takenOut']> }) {
  return (
    <Fact name="Taken out">
      {typeof data.reason === 'string' && <bdi>{data.reason}</bdi>}
      <span class="hint">
        by <bdi>{actor?.name ?? 'somebody'}</bdi>, <Time at={at} as="clock" />
      </span>
    </Fact>
  );
}

/** The status behind the decision of an admin. */
function Standing({ of: { adminState, status, maintenanceUntil } }: { of: Resource }) {
  if (adminState === 'in_service') return null;
  return (
    <span class="hint">
      {status === 'allocated' ? 'after its loan' : `otherwise ${status}`}
      {maintenanceUntil !== null && (
        <>
          , back <Time at={maintenanceUntil} as="clock" />
        </>
      )}
    </span>
  );
}

function Reason({ of: { reason, failures, returning } }: { of: Resource }) {
  return (
    <>
      {reason && (
        <Fact name="Reason">
          <bdi>{reason}</bdi>
          {failures > 0 && (
            <span class="hint">
              failed {failures === 1 ? 'once' : `${failures} times in a row`}
            </span>
          )}
        </Fact>
      )}
      {returning && (
        <Fact name="Its return is at">
          <span>{returning.step}</span>
          <span class="hint">
            since <Time at={returning.since} as="clock" />, next <Time at={returning.nextAt} />
          </span>
          {returning.reason && returning.reason !== reason && <bdi>{returning.reason}</bdi>}
        </Fact>
      )}
    </>
  );
}

function Holder({ loan }: { loan: FoundResource['loan'] }) {
  if (!loan) return <span>somebody else</span>;
  const isMine = loan.userId === me.value?.id;
  return (
    <>
      <a href={hrefOf(pathOf('reservations', loan.id))}>
        <bdi>{isMine ? 'you' : (loan.user?.name ?? 'a deleted user')}</bdi>
      </a>
      <span class="hint">
        {loan.status === 'preparing' ? (
          'access is being opened'
        ) : (
          <>
            since <Time at={loan.startsAt} as="clock" />, until{' '}
            <Time at={loan.endsAt} as="clock" none="it is given back" />
          </>
        )}
      </span>
      {loan.note && <bdi class="hint">{loan.note}</bdi>}
    </>
  );
}

function Instants({ of: { verifiedAt, rotatedAt, cleanedAt, expiresAt, createdAt } }: Of) {
  return (
    <>
      <Fact name="Cleaned">
        <Time at={cleanedAt} none="never" />
      </Fact>
      <Fact name="Verified">
        <Time at={verifiedAt} none="never" />
      </Fact>
      <Fact name="Credential changed">
        <Time at={rotatedAt} none="never" />
      </Fact>
      {expiresAt !== null && (
        <Fact name="Removed if idle">
          <Time at={expiresAt} />
        </Fact>
      )}
      <Fact name="Added">
        <Time at={createdAt} />
      </Fact>
    </>
  );
}

interface Of {
  of: Resource;
}
