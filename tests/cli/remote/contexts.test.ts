import os from 'node:os';
import { contextsFile, readContexts, writeContexts } from '../../../src/cli/remote/contexts';

test('a user without a home directory has no contexts, and can keep none', () => {
  const home = jest.spyOn(os, 'homedir').mockImplementation(() => {
    throw new Error('uv_os_homedir returned ENOENT');
  });
  try {
    expect(contextsFile()).toBeNull();
    expect(readContexts()).toEqual({ current: null, contexts: {} });
    expect(() => writeContexts({ current: null, contexts: {} })).toThrow(/no home directory/);
  } finally {
    home.mockRestore();
  }
});
