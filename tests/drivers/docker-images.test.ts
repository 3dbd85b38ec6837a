import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import Docker from 'dockerode';
import { systemRandom } from '../../src/crypto/random';
import { imageNameOf, registryOf } from '../../src/drivers/docker/image-name';
import { Images } from '../../src/drivers/docker/images';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { settingsOf } from './docker.fixture';

const SOON = 20;

/** An engine without images, whose pulls do as the test says. */
async function engineWith(pulls: (response: ServerResponse) => void, pullTimeoutMs = 60_000) {
  const socketPath = join(temporaryDirectory(), 'engine.sock');
  const asked: string[] = [];
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method === 'POST') return pulls(response.writeHead(200));
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"none"}');
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  whenDone(() => new Promise((done) => void server.close(() => done()).closeAllConnections()));
  const settings = settingsOf({ image: 'boxes:1', pull: 'missing', pullTimeoutMs });
  const env = { dataDir: '/nowhere', installation: 'test', variables: {}, random: systemRandom };
  const images = new Images(
    new Docker({ socketPath }),
    settings,
    { ...env, now: () => 1_000 },
    SOON,
  );
  const ready = () => images.ready('boxes:1', AbortSignal.timeout(20_000));
  /** Calls until the pull has ended: on a busy machine, that takes more than one call. */
  const ended = (): Promise<void> =>
    ready().catch((error: Error) => (error.name === 'NotYet' ? ended() : Promise.reject(error)));
  return { images, asked, ready, ended };
}

test.each([
  ['box', 'box', 'latest', 'docker.io'],
  ['box:1', 'box', '1', 'docker.io'],
  ['team/box', 'team/box', 'latest', 'docker.io'],
  ['localhost/box:1', 'localhost/box', '1', 'localhost'],
  ['r.example.org:5000/a/box', 'r.example.org:5000/a/box', 'latest', 'r.example.org:5000'],
  ['r.example.org/box@sha256:ab', 'r.example.org/box', 'sha256:ab', 'r.example.org'],
  ['r.example.org/box:1@sha256:ab', 'r.example.org/box', 'sha256:ab', 'r.example.org'],
])('the image %s is %s, %s, of %s', (image, repository, tag, registry) => {
  expect(imageNameOf(image)).toEqual({ repository, tag });
  expect(registryOf(image)).toBe(registry);
});

test('a long pull is no failure, is begun once, and is told when it has ended', async () => {
  let end = () => {};
  const { ready, ended, asked } = await engineWith((response) => {
    response.write('{"status":"Downloading"}\n');
    end = () => response.end('{"status":"Status: Downloaded"}\n');
  });
  const reason = 'The image boxes:1 is being pulled.';
  for (const _turn of [1, 2])
    await expect(ready()).rejects.toMatchObject({ name: 'NotYet', until: 1_000 + SOON, reason });
  const last = ended();
  end();
  await last;
  expect(asked.filter((call) => call.startsWith('POST'))).toHaveLength(1);
});

test('the failure of a pull is told to the call that comes after it, and then it begins anew', async () => {
  let fail = () => {};
  const { ready, ended, asked } = await engineWith((response) => {
    response.write('{"status":"Downloading"}\n');
    fail = () => response.end('{"error":"toomanyrequests"}\n');
  });
  await expect(ready()).rejects.toMatchObject({ name: 'NotYet' });
  fail();
  await expect(ended()).rejects.toMatchObject({
    scope: 'backend',
    message: 'The image boxes:1 could not be pulled: toomanyrequests',
  });
  await expect(ready()).rejects.toMatchObject({ name: 'NotYet' });
  expect(asked.filter((call) => call.startsWith('POST'))).toHaveLength(2);
});

test.each<[string, (response: ServerResponse) => void]>([
  ['whose progress is none', (response) => response.end('no JSON\n')],
  ['that breaks off', (response) => response.write('{}\n', () => response.destroy())],
  ['without an answer', (response) => response.destroy()],
])('a pull %s is a fault of the back end', async (_what, pulls) => {
  const { ended } = await engineWith(pulls);
  await expect(ended()).rejects.toMatchObject({ name: 'DriverError', scope: 'backend' });
});

test('a pull ends at its own limit, and with its driver', async () => {
  const { ended, images } = await engineWith((response) => void response.write('{}\n'), 1_000);
  await expect(ended()).rejects.toMatchObject({
    scope: 'backend',
    message: 'The image boxes:1 was not pulled within pullTimeoutMs.',
  });
  const next = ended();
  images.close();
  await expect(next).rejects.toMatchObject({ scope: 'backend' });
});
