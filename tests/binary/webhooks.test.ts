import { ServerProcess } from '../helpers/process';
import { Receiver } from '../helpers/webhook-receiver';
import { BINARY } from './support/binary';

test('the executable delivers webhooks, and signs them', async () => {
  const receiver = await Receiver.start();
  const env = { WEBHOOK_ALLOW: '127.0.0.1' };
  const server = await ServerProcess.start({ env, program: { command: [BINARY, 'serve'] } });
  const token = await server.setUp();
  const body = { url: receiver.url };
  const { body: hook } = await server.http.post('/v1/webhooks', { token, body });
  receiver.secret = hook.secret as string;
  await server.http.post(`/v1/webhooks/${hook.id}/test`, { token });
  await receiver.has(1);
  expect(receiver.got[0]!.body.type).toBe('webhook.tested');
  await server.stop();
});
