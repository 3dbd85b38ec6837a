import { z } from 'zod';
import type { GithubProfile } from '../domain/people/sign-in';
import { comparable } from '../domain/people/user';
import { read, readAll, type Ask } from './ask';

/** The most e-mail addresses, and the most keys, that are taken over. */
const MOST = 100;
const KEY_LINE = /^(ssh|ecdsa|sk)-[a-z0-9@.-]{1,60} [A-Za-z0-9+/]{16,16384}={0,2}$/;

/** https://docs.github.com/en/rest/users/users#get-the-authenticated-user */
const user = z.object({
  id: z.number().int().positive(),
  login: z.string().min(1),
  name: z.string().nullish(),
});
/** https://docs.github.com/en/rest/users/emails#list-email-addresses-for-the-authenticated-user */
const emails = z.array(
  z.object({ email: z.string().min(3), primary: z.boolean(), verified: z.boolean() }),
);
/** https://docs.github.com/en/rest/users/keys#list-public-ssh-keys-for-the-authenticated-user */
const keys = z.array(z.object({ key: z.string() }));
/** https://docs.github.com/en/rest/orgs/orgs#list-organizations-for-the-authenticated-user */
const orgs = z.array(z.object({ login: z.string() }));

/**
 * The profile needed to sign a user in, from the API at `base`; without organisations unless
 * `withOrgs`. Errors: those of `read`.
 */
export async function readProfile(
  base: string,
  withOrgs: boolean,
  asked: Ask,
): Promise<GithubProfile> {
  const at = (path: string) => new URL(`${base}${path}`);
  const [{ value: who }, addresses, lines, groups] = await Promise.all([
    read(at('/user'), user, asked),
    readAll(at('/user/emails'), emails, asked),
    readAll(at('/user/keys'), keys, asked),
    withOrgs ? readAll(at('/user/orgs'), orgs, asked) : [],
  ]);
  return {
    githubId: String(who.id),
    login: who.login,
    name: who.name ?? null,
    emails: verifiedOf(addresses),
    keys: lines
      .map(({ key }) => key.trim())
      .filter((key) => KEY_LINE.test(key))
      .slice(0, MOST),
    orgs: groups.map(({ login }) => login),
  };
}

/** The primary address first. */
function verifiedOf(addresses: z.output<typeof emails>): string[] {
  const verified = addresses
    .filter((each) => each.verified)
    .sort((a, b) => Number(b.primary) - Number(a.primary));
  return [...new Set(verified.map(({ email }) => comparable(email)))].slice(0, MOST);
}
