import { useState } from 'preact/hooks';
import { filterOf, hrefOf } from '../address/address';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { Busy } from '../parts/busy';
import { Empty } from '../parts/empty';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { MoreOfList } from '../parts/more-of-list';
import { Table, type Column } from '../parts/table';
import { TextFilter } from '../parts/text-filter';
import { Time } from '../parts/time';
import { holdfast } from '../server/client';
import { useKept } from '../server/kept';
import { ofTypes, useRead } from '../server/query';
import { me } from '../server/session';
import { holds, windowOf } from '../server/windows';
import '../styles/run.css';
import { ChangeUser } from './run-users/change-user';
import { DeleteUser } from './run-users/delete-user';
import { SetPassword } from './run-users/password';
import { NewUser, type User } from './run-users/user-form';

const WINDOW = 100;

/** The dialog about a user that is open; null: none. */
type Open = { what: 'change' | 'password' | 'delete'; user: User } | 'new' | null;

/** Everybody who may sign in, and what admins change about them. */
export default function RunUsers() {
  const search = filterOf('text');
  const [wanted, setWanted] = useState(WINDOW);
  const [open, setOpen] = useState<Open>(null);
  const { data, failure, again } = useKept(
    useRead(
      `${wanted} ${search}`,
      (signal) =>
        windowOf(
          holdfast.users.list({ limit: 500, signal }),
          ({ name, email, username }) => holds(search, name, email, username),
          wanted,
        ),
      ofTypes('user.'),
    ),
  );
  return (
    <>
      <PageHead title="Users">
        <Button kind="main" onClick={() => setOpen('new')}>
          New user
        </Button>
      </PageHead>
      <div class="filters" role="search">
        <TextFilter label="Name or address" name="text" />
      </div>
      <Failure of={failure} retry={again} />
      {!data && !failure && <Busy what="Users" />}
      {data?.items.length === 0 && <Empty title="No user matches." />}
      {data && data.items.length > 0 && <UserTable users={data.items} open={setOpen} />}
      {data && (
        <MoreOfList
          shown={data.items.length}
          hasMore={data.hasMore}
          what={data.items.length === 1 ? 'user' : 'users'}
          onMore={() => setWanted(wanted + WINDOW)}
        />
      )}
      <Asked open={open} onClose={() => setOpen(null)} onDone={again} />
    </>
  );
}

interface AskedProps {
  open: Open;
  onClose: () => void;
  onDone: () => void;
}

function Asked({ open, onClose, onDone }: AskedProps) {
  if (open === null) return null;
  if (open === 'new') return <NewUser onClose={onClose} onDone={onDone} />;
  const { what, user } = open;
  if (what === 'change') return <ChangeUser user={user} onClose={onClose} onDone={onDone} />;
  if (what === 'password') return <SetPassword user={user} onClose={onClose} />;
  return <DeleteUser user={user} onClose={onClose} onDone={onDone} />;
}

function UserTable({ users, open }: { users: readonly User[]; open: (asked: Open) => void }) {
  const columns: Column<User>[] = [
    { title: 'Name', cell: ({ name }) => <bdi>{name}</bdi> },
    { title: 'E-mail address', kind: 'wide', cell: ({ email }) => <bdi>{email ?? '–'}</bdi> },
    { title: 'User name', cell: ({ username }) => <bdi>{username ?? '–'}</bdi> },
    {
      title: 'Role',
      cell: ({ role }) => (role === 'admin' ? <Badge kind="good">admin</Badge> : 'user'),
    },
    { title: 'Added', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: '', kind: 'actions', cell: (user) => <UserActions user={user} open={open} /> },
  ];
  return <Table caption="Users" columns={columns} rows={users} keyOf={({ id }) => id} />;
}

/** Nobody sets their own password in a session, nor deletes themselves. */
function UserActions({ user, open }: { user: User; open: (asked: Open) => void }) {
  const { id, name } = user;
  const isMe = id === me.value?.id;
  return (
    <span class="row">
      <a
        class="button quiet"
        href={hrefOf('/events', { user: id })}
        aria-label={`Events of ${name}`}
      >
        Events
      </a>
      <Button label={`Change ${name}`} onClick={() => open({ what: 'change', user })}>
        Change
      </Button>
      {!isMe && (
        <>
          <Button
            label={`Set the password of ${name}`}
            onClick={() => open({ what: 'password', user })}
          >
            Password
          </Button>
          <Button
            kind="danger"
            label={`Delete ${name}`}
            onClick={() => open({ what: 'delete', user })}
          >
            Delete
          </Button>
        </>
      )}
    </span>
  );
}
