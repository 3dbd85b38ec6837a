import { githubOf } from '../../src/github-setup';
import { apiBase } from '../../src/github/github';

const APP = { url: 'https://github.com', clientId: 'id', clientSecret: 'hush', orgs: [] };

test.each([
  ['https://github.com', 'https://api.github.com'],
  ['https://git.example.org', 'https://git.example.org/api/v3'],
  ['https://octocorp.ghe.com', 'https://api.octocorp.ghe.com'],
  ['http://127.0.0.1:3000/git', 'http://127.0.0.1:3000/git/api/v3'],
  ['https://github.com.evil.example', 'https://github.com.evil.example/api/v3'],
  ['https://GitHub.com.', 'https://api.github.com'],
])('the API of %s is at %s', (url, api) => expect(apiBase(url)).toBe(api));

describe('the configuration', () => {
  test('without a client id turns sign-in off', () => {
    expect(githubOf({ github: undefined, publicUrl: 'https://holdfast.test' })).toBeNull();
  });

  test('names the callback by the public address, and leaves it to the OAuth app without one', () => {
    const at = { state: 's', challenge: 'c' };
    const named = githubOf({ github: APP, publicUrl: 'https://holdfast.test/base' })!;
    expect(named.callback).toBe('https://holdfast.test/base/v1/auth/github/callback');
    expect(new URL(named.github.authorizeUrl(at)).searchParams.get('redirect_uri')).toBe(
      named.callback,
    );
    const unnamed = githubOf({ github: { ...APP, orgs: ['lab'] }, publicUrl: undefined })!;
    expect({ callback: unnamed.callback, orgs: unnamed.orgs }).toEqual({
      callback: null,
      orgs: ['lab'],
    });
    expect(new URL(unnamed.github.authorizeUrl(at)).searchParams.has('redirect_uri')).toBe(false);
  });

  test('never shows the secret in an address', () => {
    expect(
      githubOf({ github: APP, publicUrl: undefined })!.github.authorizeUrl({
        state: 's',
        challenge: 'c',
      }),
    ).not.toContain('hush');
  });
});
