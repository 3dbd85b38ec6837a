import { useState } from 'preact/hooks';
import { NotFoundError } from '../../../../src/client';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/confirm';
import { Listing } from '../../parts/listing';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { ofTypes, useRead, type Read } from '../../server/query';
import { browserName } from './browser-name';

type Session = Schemas['Session'];

/** The browsers in which the user is signed in, each of which can be signed out from here. */
export function Sessions() {
  const read: Read<readonly Session[]> = useRead(
    'sessions',
    async (signal) => (await holdfast.sessions.list({ signal })).items,
    ofTypes('session.'),
  );
  const [ending, setEnding] = useState<readonly Session[] | null>(null);
  const others = (read.data ?? []).filter(({ current }) => !current);
  return (
    <section class="card stack" aria-labelledby="sessions">
      <div class="section-head">
        <h2 id="sessions">Browsers</h2>
        {others.length > 0 && (
          <Button kind="danger" onClick={() => setEnding(others)}>
            Sign out all others
          </Button>
        )}
      </div>
      <Listing read={read} what="Sessions" empty={<p>There is none.</p>}>
        {(sessions) => (
          <Table
            caption="Browsers in which you are signed in"
            columns={columns((session) => setEnding([session]))}
            rows={sessions}
            keyOf={({ id }) => id}
          />
        )}
      </Listing>
      {ending && (
        <Confirm
          title={
            ending.length === 1 ? 'Sign out this browser?' : `Sign out ${ending.length} browsers?`
          }
          action="Sign out"
          isDanger
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            for (const { id } of ending) await holdfast.sessions.delete(id).catch(unlessGone);
            read.again();
          }}
        >
          <p>Pages that are open there lead to the sign-in at once.</p>
        </Confirm>
      )}
    </section>
  );
}

/** One that has ended already is out as well: another try ends the rest. */
function unlessGone(error: unknown): void {
  if (!(error instanceof NotFoundError)) throw error;
}

function columns(end: (session: Session) => void): Column<Session>[] {
  return [
    {
      title: 'Browser',
      kind: 'wide',
      cell: ({ userAgent, current, apiTokenId }) => (
        <span class="row" title={userAgent ?? undefined}>
          <bdi>{browserName(userAgent)}</bdi>
          {current && <Badge kind="good">this one</Badge>}
          {apiTokenId !== null && <Badge>by a token</Badge>}
        </span>
      ),
    },
    { title: 'Address', cell: ({ address }) => address ?? 'unknown' },
    { title: 'Signed in', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: 'Last used', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    { title: 'Ends', cell: ({ endsAt }) => <Time at={endsAt} /> },
    {
      title: '',
      kind: 'actions',
      cell: (session) =>
        session.current ? null : <Button onClick={() => end(session)}>Sign out</Button>,
    },
  ];
}
