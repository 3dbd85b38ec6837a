import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { Form } from '../../parts/form';
import { toast } from '../../parts/toast';
import { attempt, useAction } from '../../server/action';
import type { Schemas } from '../../server/client';
import { isStale } from '../../server/field-errors';
import { patchTagged, type Tagged } from '../../server/tagged';
import { WebhookFields, type Webhook, type WrittenWebhook } from '../run-webhooks/webhook-fields';
import { webhookPath } from './webhook-path';

interface SettingsProps {
  webhook: Tagged<Webhook>;
  again: () => void;
}

/** Changes a webhook as it was when the first field was changed. */
export function Settings({ webhook: latest, again }: SettingsProps) {
  const [draft, setDraft] = useState<{ on: Tagged<Webhook>; written: WrittenWebhook } | null>(null);
  const action = useAction();
  const { body, tag } = draft?.on ?? latest;
  const before = writtenOf(body);
  const written = draft?.written ?? before;
  const save = async () => {
    const change = changeBetween(before, written);
    let saved: Tagged<Webhook> | undefined;
    await action.run(async () => (saved = await patchTagged(webhookPath(body.id), change, tag)));
    again();
    if (!saved) return;
    setDraft(null);
    const { tag: next } = saved;
    const back = changeBetween(written, before);
    const undo = () =>
      void attempt(
        () => patchTagged(webhookPath(body.id), back, next),
        'The webhook is as it was before.',
      ).then(again);
    toast('The webhook is changed.', { undo });
  };
  return (
    <section class="card" aria-label="Settings">
      <Form
        submit="Save"
        action={action}
        onSubmit={() => void save()}
        onCancel={draft ? () => setDraft(null) : undefined}
      >
        <WebhookFields
          written={written}
          set={(change) =>
            setDraft({ on: draft?.on ?? latest, written: { ...written, ...change } })
          }
          failure={action.failure}
        />
        {isStale(action.failure) && (
          <Button onClick={() => setDraft(null)}>Show the webhook as it is now</Button>
        )}
      </Form>
    </section>
  );
}

function writtenOf({ url, description, pool, types }: Webhook): WrittenWebhook {
  return { url, description, pool: pool ?? '', types: new Set(types) };
}

function changeBetween(from: WrittenWebhook, to: WrittenWebhook): Schemas['WebhookChange'] {
  const types = [...to.types];
  const areSame = types.length === from.types.size && types.every((type) => from.types.has(type));
  return {
    ...(from.url === to.url ? {} : { url: to.url }),
    ...(from.description === to.description ? {} : { description: to.description }),
    ...(from.pool === to.pool ? {} : { pool: to.pool === '' ? null : to.pool }),
    ...(areSame ? {} : { types }),
  };
}
