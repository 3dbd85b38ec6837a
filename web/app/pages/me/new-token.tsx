import { useState } from 'preact/hooks';
import { Copy } from '../../parts/copy';
import { Dialog } from '../../parts/dialog';
import { secondsIn } from '../../parts/duration';
import { Failure } from '../../parts/failure';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast, type Schemas } from '../../server/client';
import { me } from '../../server/session';

type Scope = Schemas['Me']['scopes'][number];

const SCOPES: Readonly<Record<Scope, string>> = {
  read: 'look at everything that you see',
  reserve: 'borrow, extend and give back',
  self: 'manage your tokens, sessions and webhooks',
  admin: 'run the server',
  secrets: 'show an agent the passwords of what it borrows',
  metrics: 'read the metrics',
  'identity:write': 'write addresses and GitHub accounts of others (legacy API)',
};

/** Makes a token, and shows its secret once. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<{ token: string | null } | null>(null);
  return (
    <Dialog title="New token" onClose={onClose} staysBeside={made !== null}>
      {made === null && <Terms onMade={(token) => setMade({ token })} onClose={onClose} />}
      {made?.token === null && <Lost />}
      {made?.token && <Secret secret={made.token} />}
    </Dialog>
  );
}

interface TermsProps {
  /** null: the answer with the secret was lost. */
  onMade: (secret: string | null) => void;
  onClose: () => void;
}

function Terms({ onMade, onClose }: TermsProps) {
  const [name, setName] = useState('');
  const [life, setLife] = useState('30d');
  const [scopes, setScopes] = useState<readonly Scope[]>(['read', 'reserve']);
  const action = useAction();
  const seconds = life.trim() === '' ? undefined : secondsIn(life);
  const submit = async () => {
    const body = { name, scopes: [...scopes], expiresInSeconds: seconds ?? undefined };
    await action.run(async () => {
      const { token } = await holdfast.tokens.create(body);
      onMade(token);
    });
  };
  const allowed = (Object.keys(SCOPES) as Scope[]).filter((scope) => isAllowed(scope));
  return (
    <Form
      submit="Make the token"
      action={action}
      onCancel={onClose}
      onSubmit={() => seconds !== null && void submit()}
    >
      <TextField
        label="Name"
        value={name}
        onValue={setName}
        hint="Which program uses it?"
        required
      />
      <TextField
        label="Ends after"
        value={life}
        onValue={setLife}
        hint="Such as 12h or 30d; empty: as late as this session allows."
      />
      {seconds === null && <Failure of={`“${life}” is no duration; write 12h or 30d.`} />}
      <fieldset class="choices">
        <legend>It may</legend>
        {allowed.map((scope) => (
          <label key={scope}>
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={({ currentTarget: { checked } }) =>
                setScopes(checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))
              }
            />
            <span>
              <b>{scope}</b>: {SCOPES[scope]}
            </span>
          </label>
        ))}
      </fieldset>
    </Form>
  );
}

/** May this session give a token this scope? `secrets` takes `reserve`. */
function isAllowed(scope: Scope): boolean {
  const own = me.value?.scopes ?? [];
  return scope === 'secrets' ? own.includes('reserve') : own.includes(scope);
}

function Lost() {
  return (
    <p role="alert">
      The token was made, but the answer with its secret was lost, and it cannot be shown any more.
      Revoke the token in the list, and make another.
    </p>
  );
}

function Secret({ secret }: { secret: string }) {
  const login = `export HOLDFAST_URL=${new URL('.', document.baseURI).href.replace(/\/$/, '')}
export HOLDFAST_TOKEN=${secret}`;
  return (
    <div class="secret-once">
      <p>Copy it now: it is not shown again.</p>
      <p class="row">
        <code>{secret}</code>
        <Copy text={secret} what="the token" />
      </p>
      <p>For a shell:</p>
      <pre>{login}</pre>
      <p>
        <Copy text={login} what="both lines" />
      </p>
    </div>
  );
}
