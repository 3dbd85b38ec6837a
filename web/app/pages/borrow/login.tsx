import { Field, SelectField, TextField } from '../../parts/field';
import { me } from '../../server/session';
import type { Terms } from './chosen';
import type { Draft } from './draft';
import { hintFor } from './hint';

interface LoginProps {
  draft: Draft;
  terms: Terms;
  failure: unknown;
  set: (change: Partial<Draft>) => void;
}

/** How the holder logs in, where a login is made for each loan. */
export function Login({ draft, terms, failure, set }: LoginProps) {
  if (!terms.opensAccess) return null;
  const keys = me.value?.sshKeys.map(({ key }) => key) ?? [];
  const options = [
    ['made', 'A login that is made for the loan'],
    ...keys.map((key) => [key, `My key ${shortOf(key)}`] as const),
    ['other', 'Another public key'],
  ] as const;
  return (
    <>
      <TextField
        label="Login name"
        hint={hintFor(failure, 'access.username', 'Empty: one is made.')}
        value={draft.username}
        onValue={(username) => set({ username })}
        maxLength={32}
        autoComplete="off"
      />
      {terms.accessByKey && (
        <SelectField
          label="Log in with"
          hint={hintFor(
            failure,
            'access',
            keys.length === 0 ? undefined : 'Your keys from GitHub open it in any case.',
          )}
          value={draft.login}
          options={options}
          onValue={(login) => set({ login })}
        />
      )}
      {terms.accessByKey && draft.login === 'other' && (
        <Field
          label="Public key"
          hint={hintFor(failure, 'access.publicKey', 'One line, such as that of id_ed25519.pub.')}
        >
          {(ids) => (
            <textarea
              {...ids}
              class="mono"
              rows={3}
              value={draft.publicKey}
              onInput={(event) => set({ publicKey: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

/** The kind of a key, its last characters, and its comment. */
function shortOf(key: string): string {
  const [kind = '', blob = '', ...comment] = key.split(' ');
  return [kind, `…${blob.slice(-8)}`, ...comment].join(' ');
}
