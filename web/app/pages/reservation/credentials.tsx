import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { Copy } from '../../parts/copy';
import { Failure } from '../../parts/failure';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import type { HeldResource } from './loan';
import { sshLineOf } from './ssh-line';

type Secrets = Readonly<Record<string, string | number>>;

/** How long credentials stay in sight, in ms. */
const SHOWN_FOR = 60_000;

/**
 * The credentials of a resource, hidden until the holder asks. They are read then, and forgotten
 * after a minute, when the page is hidden, and when it is left.
 */
export function Credentials({ id, resource }: { id: string; resource: HeldResource }) {
  const [secrets, setSecrets] = useState<Secrets | null>(null);
  const action = useAction();
  useForgetting(secrets !== null, () => setSecrets(null));
  const show = async () => {
    const { resources } = await holdfast.reservations.get(id);
    const found = resources.find((each) => each.id === resource.id)?.credentials ?? null;
    if (!found) throw new Error('Its credentials are not shown any more.');
    if (document.visibilityState === 'visible') setSecrets(found);
  };
  return (
    <div class="credentials">
      <div class="row">
        <Button
          isBusy={action.isBusy}
          label={`${secrets ? 'Hide' : 'Show'} credentials of ${resource.name}`}
          onClick={() => (secrets ? setSecrets(null) : void action.run(show))}
        >
          {secrets ? 'Hide credentials' : 'Show credentials'}
        </Button>
        {secrets && <span class="hint">They are hidden again after a minute.</span>}
      </div>
      <Failure of={action.failure} />
      {secrets && <Shown secrets={secrets} resource={resource} />}
    </div>
  );
}

/** Calls `forget` after a while, or as soon as nobody looks. */
function useForgetting(isShown: boolean, forget: () => void): void {
  useEffect(() => {
    if (!isShown) return;
    const timer = setTimeout(forget, SHOWN_FOR);
    const look = () => {
      if (document.visibilityState === 'hidden') forget();
    };
    document.addEventListener('visibilitychange', look);
    addEventListener('pagehide', forget);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
      removeEventListener('pagehide', forget);
    };
  }, [isShown]);
}

function Shown({ secrets, resource }: { secrets: Secrets; resource: HeldResource }) {
  const all = Object.entries(secrets)
    .map(([field, value]) => `${field}=${value}`)
    .join('\n');
  // Drivers repeat the details, which the page shows already.
  const own = Object.entries(secrets).filter(([field, value]) => resource.details[field] !== value);
  const line = sshLineOf(resource.details, secrets);
  return (
    <>
      <dl class="fields">
        {own.map(([field, value]) => (
          <Secret key={field} field={field} value={String(value)} of={resource.name} />
        ))}
        {line && <Secret field="ssh" value={line.command} of={resource.name} hint={line.hint} />}
      </dl>
      <Copy text={all} what={`all credentials of ${resource.name}`} words="Copy all" />
    </>
  );
}

interface SecretProps {
  field: string;
  value: string;
  of: string;
  hint?: string;
}

function Secret({ field, value, of, hint }: SecretProps) {
  return (
    <div>
      <dt>
        <bdi>{field}</bdi>
      </dt>
      <dd>
        {value.includes('\n') ? <pre dir="ltr">{value}</pre> : <code dir="ltr">{value}</code>}
        <Copy text={value} what={`${field} of ${of}`} />
        {hint && <p class="hint">{hint}</p>}
      </dd>
    </div>
  );
}
