import { useState } from 'preact/hooks';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { useAction } from '../server/action';
import { signIn } from '../server/session';

/** Signs people in by their name and password. */
export default function SignIn() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  return (
    <main class="gate">
      <h1>Holdfast</h1>
      <Form
        submit="Sign in"
        action={action}
        onSubmit={() => void action.run(() => signIn({ name, password }))}
      >
        <TextField
          label="E-mail address or name"
          value={name}
          onValue={setName}
          autoComplete="username"
          required
        />
        <TextField
          label="Password"
          type="password"
          value={password}
          onValue={setPassword}
          autoComplete="current-password"
          required
        />
      </Form>
    </main>
  );
}
