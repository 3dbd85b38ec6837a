import type { Config } from './config';
import { createGithub } from './github/github';
import type { GithubSetup } from './service/people/github-sign-in';

/** How people sign in with GitHub by this configuration; null: not at all. */
export function githubOf({
  github,
  publicUrl,
}: Pick<Config, 'github' | 'publicUrl'>): GithubSetup | null {
  if (!github) return null;
  const { orgs, ...app } = github;
  const callback = publicUrl === undefined ? null : `${publicUrl}/v1/auth/github/callback`;
  return { github: createGithub({ ...app, callback, withOrgs: orgs.length > 0 }), orgs, callback };
}
