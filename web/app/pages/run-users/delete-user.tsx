import { hrefOf, pathOf } from '../../address/address';
import { Confirmation } from '../../parts/confirmation';
import { holdfast, type Schemas } from '../../server/client';
import { useRead } from '../../server/query';
import type { User } from './user-form';

interface DeleteUserProps {
  user: User;
  onClose: () => void;
  onDone: () => void;
}

type Listed = Schemas['ReservationList']['items'][number];

/** So many loans are listed; their number tells of the rest. */
const LISTED = 10;
const LIVE = ['active', 'preparing', 'queued'] as const;

/** Asks before a user is deleted, and says what they hold and wait for. */
export function DeleteUser({ user, onClose, onDone }: DeleteUserProps) {
  const { data } = useRead(`held by ${user.id}`, (signal) => liveOf(user, signal));
  return (
    <Confirmation
      title={`Delete ${user.name}`}
      submit="Delete"
      work={async () => {
        await holdfast.users.delete(user.id);
        onDone();
      }}
      done={`${user.name} is deleted.`}
      onClose={onClose}
    >
      <p>
        They are shut out at once, and for good: tokens, sessions and webhooks end, and so does what
        they borrowed. This cannot be undone.
      </p>
      <div role="status">
        {data ? <Held reservations={data} /> : 'Looking for what they hold …'}
      </div>
    </Confirmation>
  );
}

async function liveOf({ id }: User, signal: AbortSignal): Promise<Listed[]> {
  const lists = LIVE.map((status) =>
    holdfast.reservations.list({ user: id, status, limit: 100, signal }).page(),
  );
  return (await Promise.all(lists)).flatMap(({ items }) => items);
}

function Held({ reservations }: { reservations: readonly Listed[] }) {
  if (reservations.length === 0) return <>They hold nothing, and wait for nothing.</>;
  return (
    <>
      <p>
        {reservations.length === 1
          ? '1 reservation ends'
          : `${reservations.length} reservations end`}
        :
      </p>
      <ul>
        {reservations.slice(0, LISTED).map(({ id, status, resources, items }) => (
          <li key={id}>
            <a href={hrefOf(pathOf('reservations', id))}>
              <bdi>{resources.map(({ name }) => name).join(', ') || poolsOf(items)}</bdi>
            </a>{' '}
            ({status})
          </li>
        ))}
        {reservations.length > LISTED && <li>… and {reservations.length - LISTED} more</li>}
      </ul>
    </>
  );
}

function poolsOf(items: Listed['items']): string {
  const nameOf = (name: unknown) => (typeof name === 'string' ? name : null);
  return items.map(({ pool, kind }) => nameOf(pool) ?? nameOf(kind) ?? 'a request').join(', ');
}
