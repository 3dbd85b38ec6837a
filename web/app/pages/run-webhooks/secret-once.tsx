import { Button } from '../../parts/button';
import { Copy } from '../../parts/copy';
import { Dialog } from '../../parts/dialog';

/** Shows the secret of a webhook; nothing shows it again. */
export function SecretOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title="The secret of the webhook" onClose={onClose} staysBeside>
      <div class="stack">
        <p>It signs each call. Copy it to the receiver now: it is shown only here.</p>
        <p class="row secret">
          <code>{secret}</code>
          <Copy text={secret} what="the secret" />
        </p>
        <div class="form-end">
          <Button kind="main" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
