import type { Config } from './config';
import { createGithub } from './github/github';
import type { GithubSetup } from './service/people/github-sign-in';

/** Sign-in with GitHub as configured; null if it is not offered. */
export function githubOf({
  github,
  publicUrl,
}: Pick<Config, 'github' | 'publicUrl'>): GithubSetup | null {
  if (!github) return null;
  const { orgs, ...app } = github;
  const callback = publicUrl === undefined ? null : `${publicUrl}/v1/auth/github/callback`;
  return { github: createGithub({ ...app, callback, withOrgs: orgs.length > 0 }), orgs, callback };
}
