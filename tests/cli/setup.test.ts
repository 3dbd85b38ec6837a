import { EXIT } from '../../src/cli/exit-codes';
import { CommandLine } from '../e2e/remote/command-line';

test('the second setup says how to sign in instead', async () => {
  const line = new CommandLine();
  const setup = () =>
    line.with(
      { stdin: 'correct horse\n', LOG_LEVEL: 'error' },
      ...['setup', '--name', 'Ada', '--email', 'ada@example.org'],
    );
  expect(await setup()).toMatchObject({ code: EXIT.done });
  expect(await setup()).toMatchObject({
    code: EXIT.exists,
    stderr: expect.stringMatching(/has an admin already\..* `holdfast login --user ADDRESS`\.\n$/),
  });
});
