import { Button } from '../../parts/button';
import { Copy } from '../../parts/copy';
import { Dialog } from '../../parts/dialog';

interface SecretProps {
  /** null: the answer that had it was lost. */
  secret: string | null;
  onClose: () => void;
}

/** Shows the secret of a webhook; nothing shows it again. */
export function SecretOnce({ secret, onClose }: SecretProps) {
  return (
    <Dialog title="The secret of the webhook" onClose={onClose} staysBeside>
      <div class="stack">
        {secret === null ? <Lost /> : <Shown secret={secret} />}
        <div class="form-end">
          <Button kind="main" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Shown({ secret }: { secret: string }) {
  return (
    <>
      <p>It signs each call. Copy it to the receiver now: it is shown only here.</p>
      <p class="row secret">
        <code>{secret}</code>
        <Copy text={secret} what="the secret" />
      </p>
    </>
  );
}

function Lost() {
  return (
    <p role="alert">
      It was made, but the answer with it was lost, and it cannot be shown any more. Give the
      webhook another one: open its page, and choose “New secret …”.
    </p>
  );
}
