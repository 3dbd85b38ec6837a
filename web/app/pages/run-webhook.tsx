import { useRef, useState } from 'preact/hooks';
import { go, hrefOf } from '../address/address';
import type { PageParams } from '../address/pages';
import { Busy } from '../parts/busy';
import { Button } from '../parts/button';
import { Confirmation } from '../parts/confirmation';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { toast } from '../parts/toast';
import { attempt } from '../server/action';
import { holdfast } from '../server/client';
import { ofTypes, useRead } from '../server/query';
import { me } from '../server/session';
import { patchTagged, readTagged, type Tagged } from '../server/tagged';
import '../styles/run.css';
import { Deliveries } from './run-webhook/deliveries';
import { Replay } from './run-webhook/replay';
import { Settings } from './run-webhook/settings';
import { webhookPath } from './run-webhook/webhook-path';
import { tellsOf, WebhookState } from './run-webhooks';
import { SecretOnce } from './run-webhooks/secret-once';
import type { Webhook } from './run-webhooks/webhook-fields';

/** A webhook: what it is told, what it was sent, and whether that arrived. */
export default function RunWebhook({ params: { id = '' } }: { params: PageParams }) {
  const [round, setRound] = useState(0);
  const { data, failure, again } = useRead(
    `webhook ${id}`,
    (signal) => readTagged<Webhook>(webhookPath(id), signal),
    ofTypes('webhook.'),
  );
  const changed = () => {
    again();
    setRound(round + 1);
  };
  return (
    <>
      <PageHead title={data?.body.url ?? 'Webhook'} about={data && <About webhook={data.body} />}>
        {data && <Actions webhook={data} changed={changed} />}
      </PageHead>
      <Failure of={failure} retry={again} />
      {!data && !failure && <Busy what="Webhook" />}
      {data && (
        <div class="webhook">
          <Settings webhook={data} again={again} />
          <Deliveries id={id} round={round} />
        </div>
      )}
    </>
  );
}

function About({ webhook }: { webhook: Webhook }) {
  const { description, everybody, userId } = webhook;
  return (
    <span class="why">
      <WebhookState webhook={webhook} />
      <span>tells of {tellsOf(everybody, userId)}</span>
      {description !== '' && <bdi>{description}</bdi>}
    </span>
  );
}

interface ActionsProps {
  webhook: Tagged<Webhook>;
  changed: () => void;
}

function Actions({ webhook: { body, tag }, changed }: ActionsProps) {
  const [open, setOpen] = useState<
    'secret' | 'replay' | 'delete' | { secret: string | null } | null
  >(null);
  const { id, state, userId } = body;
  const close = () => setOpen(null);
  const set = (to: Webhook['state'], from: string): Promise<Tagged<Webhook>> =>
    patchTagged(webhookPath(id), { state: to }, from);
  const turn = (to: Webhook['state']) =>
    attempt(async () => {
      const { tag: next } = await set(to, tag);
      const undo = () => void attempt(() => set(state, next)).then(changed);
      toast(to === 'active' ? 'The webhook is active.' : 'The webhook is disabled.', { undo });
    }).then(changed);
  const test = () =>
    attempt(() => holdfast.webhooks.test(id), 'A test event is on its way.').then(changed);
  return (
    <>
      {state === 'active' ? (
        <>
          <Button onClick={() => void test()}>Send a test</Button>
          <Button onClick={() => setOpen('replay')}>Replay …</Button>
          <Button onClick={() => void turn('disabled')}>Disable</Button>
        </>
      ) : (
        <Button kind="main" onClick={() => void turn('active')}>
          Enable
        </Button>
      )}
      {userId === me.value?.id && <Button onClick={() => setOpen('secret')}>New secret …</Button>}
      <Button kind="danger" onClick={() => setOpen('delete')}>
        Delete …
      </Button>
      {open === 'replay' && <Replay id={id} onClose={close} onDone={changed} />}
      {open === 'secret' && (
        <NewSecret id={id} onClose={close} onSecret={(secret) => setOpen({ secret })} />
      )}
      {open === 'delete' && <DeleteWebhook id={id} onClose={close} />}
      {open !== null && typeof open === 'object' && (
        <SecretOnce secret={open.secret} onClose={close} />
      )}
    </>
  );
}

interface NewSecretProps {
  id: string;
  onClose: () => void;
  onSecret: (secret: string | null) => void;
}

function NewSecret({ id, onClose, onSecret }: NewSecretProps) {
  const made = useRef<{ secret: string | null } | null>(null);
  return (
    <Confirmation
      title="Give the webhook another secret"
      submit="Make a new secret"
      work={async () => {
        made.current = await holdfast.webhooks.rotateSecret(id);
      }}
      onClose={() => (made.current === null ? onClose() : onSecret(made.current.secret))}
    >
      <p>The present one signs beside it for another day. The new one is shown once.</p>
    </Confirmation>
  );
}

function DeleteWebhook({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <Confirmation
      title="Delete the webhook"
      submit="Delete"
      work={async () => {
        await holdfast.webhooks.delete(id);
        go(hrefOf('/run/webhooks'));
      }}
      done="The webhook is deleted."
      onClose={onClose}
    >
      <p>Nothing more is sent to its address, not even what waits. This cannot be undone.</p>
    </Confirmation>
  );
}
