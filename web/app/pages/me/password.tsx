import { useState } from 'preact/hooks';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import { authorizationOf, me } from '../../server/session';

/** Sets another password. The present one goes along, because a session alone may not set it. */
export function Password() {
  const [present, setPresent] = useState('');
  const [next, setNext] = useState('');
  const action = useAction();
  const name = me.value?.email ?? me.value?.username;
  if (!name) return null;
  const change = async () => {
    const headers = { Authorization: authorizationOf({ name, password: present }) };
    const path = `/v1/users/${me.value!.id}`;
    await holdfast.request({ method: 'PATCH', path, body: { password: next }, headers });
    setPresent('');
    setNext('');
  };
  return (
    <section class="card stack" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <Form
        submit="Change the password"
        action={action}
        onSubmit={() => void action.run(change, 'The password was changed.')}
      >
        <input type="hidden" autoComplete="username" value={name} />
        <TextField
          label="Present password"
          type="password"
          value={present}
          onValue={setPresent}
          autoComplete="current-password"
          required
        />
        <TextField
          label="New password"
          type="password"
          value={next}
          onValue={setNext}
          autoComplete="new-password"
          hint="At least 8 characters. All your sessions end, and you sign in again."
          required
        />
      </Form>
    </section>
  );
}
