import { stringifySetCookie } from 'cookie';
import {
  githubCallback,
  githubDevice,
  githubDeviceToken,
  githubPending,
  signedIn,
} from '../../api/github';
import {
  BROWSER_TIME,
  type GithubSignIn,
  type SignedIn,
} from '../../service/people/github-sign-in';
import type { Services } from '../../service/services';
import { route, type Route } from '../route';
import { userOf } from './people';

const path = '/v1/auth/github';
const COOKIE = 'holdfast_github';

/** Sign-in with GitHub; none where it is not set up. */
export function githubRoutes(services: Services): Route[] {
  const { github, engine } = services;
  if (!github) return [];
  const answerOf = async ({ userId, token }: SignedIn) => ({
    user: userOf((await engine.store.read.userById(userId))!),
    token,
  });
  return [...browserRoutes(github, answerOf), ...deviceRoutes(github, answerOf)];
}

type AnswerOf = (signed: SignedIn) => Promise<unknown>;

function browserRoutes(github: GithubSignIn, answerOf: AnswerOf): Route[] {
  return [
    route({
      method: 'get',
      path,
      summary: 'Sign in with GitHub, in a browser',
      access: 'public',
      answers: { 302: { description: 'To GitHub, with a cookie that the callback wants to see.' } },
      errors: [],
      handle: async () => {
        const { url, sealed } = github.begin();
        return {
          status: 302,
          headers: { Location: url, 'Set-Cookie': cookie(github, sealed, BROWSER_TIME / 1000) },
        };
      },
    }),
    route({
      method: 'get',
      path: `${path}/callback`,
      summary: 'Where GitHub sends the browser back to',
      access: 'public',
      query: githubCallback,
      answers: { 200: { description: 'Signed in.', body: signedIn } },
      errors: ['invalid', 'forbidden', 'internal'],
      handle: async ({ query, cookie: sent, context }) => {
        const signed = await github.finish(query, sent(COOKIE), context.requestId);
        return {
          status: 200,
          body: await answerOf(signed),
          headers: { 'Set-Cookie': cookie(github, '', 0) },
        };
      },
    }),
  ];
}

/** Lax: GitHub's redirect back comes from another site. */
function cookie({ callback }: GithubSignIn, value: string, seconds: number): string {
  const { protocol, pathname } = new URL(callback ?? `http://holdfast.invalid${path}/callback`);
  const where = pathname.replace(/\/callback$/, '');
  return stringifySetCookie({
    name: COOKIE,
    value,
    path: where,
    maxAge: seconds,
    httpOnly: true,
    sameSite: 'lax',
    secure: protocol === 'https:',
  });
}

function deviceRoutes(github: GithubSignIn, answerOf: AnswerOf): Route[] {
  return [
    route({
      method: 'post',
      path: `${path}/device`,
      summary: 'Sign in with GitHub where there is no browser: the user types a code at GitHub',
      access: 'public',
      answers: {
        201: {
          description: 'What to show to the user, and the handle to ask with.',
          body: githubDevice,
        },
      },
      errors: ['internal'],
      handle: async ({ context }) => {
        const { interval, expiresIn, ...presented } = await github.startDevice(context.requestId);
        return {
          status: 201,
          body: { ...presented, intervalSeconds: interval, expiresInSeconds: expiresIn },
        };
      },
    }),
    route({
      method: 'post',
      path: `${path}/device/token`,
      summary: 'Has the user agreed?',
      access: 'public',
      body: githubDeviceToken,
      answers: {
        201: { description: 'Signed in.', body: signedIn },
        202: { description: 'Not yet; ask again later.', body: githubPending },
      },
      errors: ['invalid', 'forbidden', 'internal'],
      handle: async ({ body: { handle }, context }) => {
        const answer = await github.finishDevice(handle, context.requestId);
        if ('interval' in answer)
          return { status: 202, body: { status: 'pending', intervalSeconds: answer.interval } };
        return { status: 201, body: await answerOf(answer) };
      },
    }),
  ];
}
