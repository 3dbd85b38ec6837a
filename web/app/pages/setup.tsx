import { useEffect, useState } from 'preact/hooks';
import { address, go, hrefOf } from '../address/address';
import { Busy } from '../parts/busy';
import { Failure } from '../parts/failure';
import { TextField } from '../parts/field';
import { Steps } from '../parts/first-steps';
import { Form } from '../parts/form';
import { Gate } from '../parts/gate';
import { useAction } from '../server/action';
import { holdfast } from '../server/client';
import { useRead } from '../server/query';
import { authorizationOf, signIn } from '../server/session';
import { readWelcome } from '../server/welcome';

/** Makes the first admin, signs them in, and leads on to the first pool. */
export default function Setup() {
  const given = address.value.query.get('token');
  const [token] = useState(given);
  // It opens the server to every reader, so neither the address bar nor the history keeps it.
  useEffect(() => {
    if (given !== null) go(hrefOf('/setup'), { replace: true });
  }, [given]);
  const { data: welcome, failure, again } = useRead('welcome', readWelcome);
  return (
    <Gate title="Set up Holdfast">
      <Failure of={failure} retry={again} />
      {!welcome && !failure && <Busy what="Asking the server" />}
      {welcome && (welcome.links.setup ? <FirstAdmin token={token} /> : <Done />)}
    </Gate>
  );
}

function Done() {
  return (
    <p>
      This server has an admin already. <a href={hrefOf('/sign-in')}>Sign in</a>
    </p>
  );
}

function FirstAdmin({ token }: { token: string | null }) {
  const [setupToken, setSetupToken] = useState(token ?? '');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  const submit = async () => {
    const body = { setupToken, name, email, password };
    if (await action.run(() => setUp(body), 'You are the admin now.'))
      go(hrefOf('/'), { replace: true });
  };
  return (
    <>
      <Steps at="admin" />
      <Form submit="Make the admin" action={action} onSubmit={() => void submit()}>
        {token === null && (
          <TextField
            label="Setup token"
            type="password"
            value={setupToken}
            onValue={setSetupToken}
            autoComplete="off"
            hint="holdfast serve printed it at the first start; or it is the setting SETUP_TOKEN."
            required
          />
        )}
        <TextField label="Your name" value={name} onValue={setName} autoComplete="name" required />
        <TextField
          label="E-mail address"
          type="email"
          value={email}
          onValue={setEmail}
          autoComplete="username"
          required
        />
        <TextField
          label="Password"
          type="password"
          value={password}
          onValue={setPassword}
          autoComplete="new-password"
          hint="At least 8 characters."
          required
        />
      </Form>
    </>
  );
}

type Body = Parameters<typeof holdfast.setup.create>[0];

/** The page needs a session, and keeps no token: the one that comes with the admin is revoked. */
async function setUp(body: Body): Promise<void> {
  const { token } = await holdfast.setup.create(body);
  const headers = { Authorization: authorizationOf({ token }) };
  const asToken = (method: string, path: string) => holdfast.request({ method, path, headers });
  const { body: own } = await asToken('GET', '/v1/me');
  await signIn({ name: body.email, password: body.password });
  const { apiTokenId } = own as { apiTokenId: string };
  await asToken('DELETE', `/v1/tokens/${apiTokenId}`);
}
