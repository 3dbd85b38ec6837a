import { useState } from 'preact/hooks';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/confirm';
import { Listing } from '../../parts/listing';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { present } from '../../parts/now-signal';
import { holdfast, type Schemas } from '../../server/client';
import { ofTypes, useRead } from '../../server/query';
import { NewToken } from './new-token';

type Token = Schemas['Token'];

/** The user's tokens for programs: made, listed and revoked. */
export function Tokens() {
  const read = useRead(
    'tokens',
    async (signal) => {
      const { items } = await holdfast.tokens.list({ signal, limit: 200 }).page();
      return items.filter(isOpen);
    },
    ofTypes('token.'),
  );
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [isMaking, setMaking] = useState(false);
  return (
    <section class="card stack" aria-labelledby="tokens">
      <div class="section-head">
        <h2 id="tokens">Tokens</h2>
        <Button onClick={() => setMaking(true)}>New token</Button>
      </div>
      <Listing
        read={read}
        what="Tokens"
        empty={<p class="about">Programs sign in with tokens. You have none.</p>}
      >
        {(tokens) => (
          <Table
            caption="Tokens with which programs act for you"
            columns={columns(setRevoking)}
            rows={tokens}
            keyOf={({ id }) => id}
          />
        )}
      </Listing>
      {isMaking && <NewToken onClose={() => (setMaking(false), read.again())} />}
      {revoking && (
        <Confirm
          title="Revoke this token?"
          action="Revoke"
          isDanger
          done="The token was revoked."
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await holdfast.tokens.delete(revoking.id);
            read.again();
          }}
        >
          <p>
            Programs that use <bdi>{revoking.name}</bdi> are refused from now on. That cannot be
            taken back; loans that they have made go on.
          </p>
        </Confirm>
      )}
    </section>
  );
}

function isOpen({ revokedAt, expiresAt }: Token): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > present.value);
}

function columns(revoke: (token: Token) => void): Column<Token>[] {
  return [
    { title: 'Name', kind: 'wide', cell: ({ name }) => <bdi>{name}</bdi> },
    {
      title: 'May',
      cell: ({ scopes }) => (
        <span class="row">
          {scopes.map((scope) => (
            <Badge key={scope}>{scope}</Badge>
          ))}
        </span>
      ),
    },
    { title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} none="never" /> },
    { title: 'Ends', cell: ({ expiresAt }) => <Time at={expiresAt} none="never" /> },
    {
      title: '',
      kind: 'actions',
      cell: (token) => (
        <Button kind="danger" onClick={() => revoke(token)}>
          Revoke
        </Button>
      ),
    },
  ];
}
