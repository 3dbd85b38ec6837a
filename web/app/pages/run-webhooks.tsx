import { useState } from 'preact/hooks';
import { hrefOf, pathOf } from '../address/address';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { Empty } from '../parts/empty';
import { Listing } from '../parts/listing';
import { PageHead } from '../parts/page-head';
import { Table, type Column } from '../parts/table';
import { Time } from '../parts/time';
import { holdfast } from '../server/client';
import { ofTypes, useRead } from '../server/query';
import { me } from '../server/session';
import '../styles/run.css';
import { NewWebhook } from './run-webhooks/new-webhook';
import type { Webhook } from './run-webhooks/webhook-fields';

/** The addresses to which events are sent: admins see all, others their own. */
export default function RunWebhooks() {
  const [isMaking, setMaking] = useState(false);
  const read = useRead(
    'webhooks',
    (signal) => holdfast.webhooks.list({ limit: 1000, signal }).all(),
    ofTypes('webhook.'),
  );
  return (
    <>
      <PageHead title="Webhooks">
        <Button kind="main" onClick={() => setMaking(true)}>
          New webhook
        </Button>
      </PageHead>
      <Listing
        read={read}
        what="Webhooks"
        empty={
          <Empty title="There are no webhooks yet.">
            <p>A webhook sends events to an address of yours, such as that of a chat.</p>
          </Empty>
        }
      >
        {(webhooks) => (
          <Table caption="Webhooks" columns={COLUMNS} rows={webhooks} keyOf={({ id }) => id} />
        )}
      </Listing>
      {isMaking && <NewWebhook onClose={() => setMaking(false)} onDone={read.again} />}
    </>
  );
}

const COLUMNS: readonly Column<Webhook>[] = [
  {
    title: 'Address',
    kind: 'wide',
    cell: ({ id, url, description }) => (
      <>
        <a href={hrefOf(pathOf('run', 'webhooks', id))}>
          <bdi>{url}</bdi>
        </a>
        <div class="hint">
          <bdi>{description}</bdi>
        </div>
      </>
    ),
  },
  { title: 'State', cell: (webhook) => <WebhookState webhook={webhook} /> },
  { title: 'Events', kind: 'number', cell: ({ types }) => types.length },
  { title: 'Pool', cell: ({ pool }) => <bdi>{pool ?? 'any'}</bdi> },
  { title: 'Tells of', cell: ({ everybody, userId }) => tellsOf(everybody, userId) },
  { title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** Tells whose events a webhook gets. */
export function tellsOf(everybody: boolean, userId: string): string {
  if (everybody) return 'everybody';
  return userId === me.value?.id ? 'you' : 'its user';
}

/** Is it told of anything, and if not, why? */
export function WebhookState({ webhook: { state, reason } }: { webhook: Webhook }) {
  if (state === 'active') return <Badge kind="good">active</Badge>;
  return (
    <>
      <Badge kind={reason === null ? 'plain' : 'bad'}>disabled</Badge>
      {reason !== null && <div class="hint">{reason}</div>}
    </>
  );
}
