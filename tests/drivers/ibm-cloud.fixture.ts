import { IBM_CLOUD_CAPABILITIES } from '../../src/drivers/ibm-cloud/settings';
import type { DriverFixture, DriverUnderTest } from '../contracts/driver';
import { patient, Stage } from '../helpers/ibm-cloud/driver';

async function make(): Promise<DriverFixture> {
  const stage = await Stage.open({}, 3);
  const { world, clock } = stage;
  return {
    driver: patient(stage.driver(), clock),
    stranger: patient(stage.driver({}, 'elsewhere'), clock),
    kind: 'account',
    keys: { publicKey: 'unused', privateKey: 'unused' },
    letsIn: async (_target, { password }) => world.works({ key: String(password) }),
    close: () => stage.close(),
  };
}

export const underTest: readonly DriverUnderTest[] = [
  { name: 'ibm-cloud', capabilities: IBM_CLOUD_CAPABILITIES, make },
];
