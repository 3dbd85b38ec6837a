import { useState } from 'preact/hooks';
import { address, go, hrefOf } from '../address/address';
import { Button } from '../parts/button';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Gate } from '../parts/gate';
import { useAction } from '../server/action';
import { useRead } from '../server/query';
import { hasEnded, signIn } from '../server/session';
import { readWelcome, type Welcome } from '../server/welcome';

/** Signs people in, and leads them on to where they wanted to be. */
export default function SignIn() {
  const { data: welcome } = useRead('welcome', readWelcome);
  const [byToken, setByToken] = useState(false);
  return (
    <Gate title="Sign in">
      {hasEnded.value && <p role="status">Your session has ended. Sign in to go on.</p>}
      {welcome?.links.setup && <FirstTime />}
      {byToken ? <ByToken /> : <ByPassword />}
      <div class="or">
        {welcome?.links.github && (
          <a class="button" href={githubLink(welcome)}>
            Sign in with GitHub
          </a>
        )}
        <Button onClick={() => setByToken(!byToken)}>
          {byToken ? 'Use a password' : 'Use a token'}
        </Button>
      </div>
    </Gate>
  );
}

/** A path of this server, below the address of the page; GitHub leads back to the page. */
function githubLink({ links }: Welcome): string {
  return `${links.github}?to=page`;
}

function FirstTime() {
  return (
    <p>
      This server has no admin yet. <a href={hrefOf('/setup')}>Set it up</a>
    </p>
  );
}

function ByPassword() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  const submit = () => action.run(() => signIn({ name, password })).then(goOn);
  return (
    <Form submit="Sign in" action={action} onSubmit={() => void submit()}>
      <TextField
        label="E-mail address"
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
  );
}

function ByToken() {
  const [token, setToken] = useState('');
  const action = useAction();
  const submit = () => action.run(() => signIn({ token: token.trim() })).then(goOn);
  return (
    <Form submit="Sign in" action={action} onSubmit={() => void submit()}>
      <TextField
        label="API token"
        type="password"
        value={token}
        onValue={setToken}
        autoComplete="off"
        hint="It needs the scope read. The session may do what the token may, and ends with it."
        required
      />
    </Form>
  );
}

/** The page that was asked for comes by itself, unless it is this one. */
function goOn(isSignedIn: boolean): void {
  if (isSignedIn && address.value.path === '/sign-in') go(hrefOf('/'), { replace: true });
}
