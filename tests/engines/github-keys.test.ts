import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { dockerDriver } from '../../src/drivers/docker';
import { keyPair, type KeyPair } from '../../src/drivers/ssh-login/key-pair';
import { LABEL } from '../../src/drivers/docker/container-spec';
import { account } from '../helpers/github';
import { describeWithDocker, firstOutput, holdSsh, SSH_IMAGE } from '../helpers/docker';
import { signedIn, world } from '../github/support';

jest.setTimeout(120_000);

const POOL = `keys-${randomBytes(3).toString('hex')}`;
const POOLS = `
pools:
  - name: ${POOL}
    kind: container
    driver: docker
    settings: { image: "${SSH_IMAGE}", memoryMb: 64 }
    size: 1
`;

interface Credentials {
  host: string;
  port: number;
  username: string;
  password: string;
}

describeWithDocker('a key imported from GitHub', () => {
  afterAll(async () => {
    const docker = new Docker();
    const left = await docker.listContainers({
      all: true,
      filters: { label: [`${LABEL.pool}=${POOL}`] },
    });
    await Promise.all(
      left.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
    );
  });

  test(
    'opens a real container over SSH for its user, like the other keys and the ' +
      'password, until it is given back',
    async () => {
      const here = await world([], { pools: POOLS, factories: [dockerDriver] });
      const [one, two, strange] = [1, 2, 3].map(() => keyPair()) as [KeyPair, KeyPair, KeyPair];
      await here.server.user('ann');
      const ann = await signedIn(
        here,
        account(1, 'ann', {
          keys: [one.public.trim(), 'ssh-ed25519 AAAAdamagedAAAAAAAAA', two.public.trim()],
        }),
      );
      const { body } = await ann
        .post('/v1/reservations')
        .send({ items: [{ pool: POOL }], access: { username: 'ann' } });
      await here.server.test.settle();
      const { body: loan } = await ann.get(`/v1/reservations/${body.id as string}`);
      const { host, port, password } = loan.resources[0].credentials as Credentials;
      for (const login of [
        { privateKey: one.private },
        { privateKey: two.private },
        { password },
      ]) {
        const { client } = await holdSsh(port, { host, username: 'ann', ...login });
        expect(await firstOutput(client, 'id -un')).toBe('ann\n');
        client.end();
      }
      const refused = { level: 'client-authentication' };
      await expect(
        holdSsh(port, { host, username: 'ann', privateKey: strange.private }),
      ).rejects.toMatchObject(refused);
      await ann.delete(`/v1/reservations/${loan.id as string}`).expect(204);
      await here.server.test.settle();
      const { details } = (await ann.get(`/v1/resources/${loan.resources[0].id as string}`))
        .body as {
        details: Credentials;
      };
      await expect(
        holdSsh(details.port, { host: details.host, username: 'ann', privateKey: one.private }),
      ).rejects.toMatchObject(refused);
    },
  );
});
