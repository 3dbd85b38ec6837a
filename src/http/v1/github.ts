import { stringifySetCookie } from 'cookie';
import {
  githubBegin,
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
import { route, type Answer, type Call, type Route } from '../route';
import { userOf } from './people';
import { cookieFor } from './sessions';

const path = '/v1/auth/github';
const COOKIE = 'holdfast_github';

/** Sign-in with GitHub. These routes are in the table only if it is set up. */
export const githubRoutes: Route[] = [
  route({
    method: 'get',
    path,
    operationId: 'beginGithubSignIn',
    summary: 'Sign in with GitHub in a browser',
    access: 'public',
    query: githubBegin,
    answers: { 302: { description: 'Redirects to GitHub; the callback needs the cookie.' } },
    errors: ['invalid'],
    handle: async ({ services, query }) => {
      const github = githubOf(services);
      const { url, sealed } = github.begin(query.to === 'page');
      return {
        status: 302,
        headers: { Location: url, 'Set-Cookie': cookie(github, sealed, BROWSER_TIME / 1000) },
      };
    },
  }),
  route({
    method: 'get',
    path: `${path}/callback`,
    operationId: 'finishGithubSignIn',
    summary: 'Finish a browser sign-in; GitHub redirects here',
    access: 'public',
    query: githubCallback,
    answers: {
      200: { description: 'Signed in.', body: signedIn },
      303: { description: 'Signed in for the page of this server: leads there.' },
    },
    errors: ['invalid', 'forbidden', 'internal'],
    handle: async (call) => {
      const { services, query, cookie: sent, context, attempt } = call;
      const github = githubOf(services);
      const signed = await github.finish(query, sent(COOKIE), context.requestId, attempt().from);
      const done = cookie(github, '', 0);
      if (signed.toPage) return intoPage(call, signed, done);
      return { status: 200, body: await answerOf(services, signed), cookies: [done] };
    },
  }),
  route({
    method: 'post',
    path: `${path}/device`,
    startsSignIn: true,
    operationId: 'beginGithubDeviceSignIn',
    summary: 'Start a sign-in without a browser; the user types a code at GitHub',
    description:
      'Show `userCode` and `verificationUri` to the user, and keep `handle` for the call that ' +
      'finishes it.',
    access: 'public',
    answers: {
      201: { description: 'The code to show to the user, and a handle.', body: githubDevice },
    },
    errors: ['internal'],
    handle: async ({ services, context, attempt }) => {
      const { interval, expiresIn, ...device } = await githubOf(services).startDevice(
        context.requestId,
        attempt().from,
      );
      return {
        status: 201,
        body: { ...device, intervalSeconds: interval, expiresInSeconds: expiresIn },
      };
    },
  }),
  route({
    method: 'post',
    path: `${path}/device/token`,
    operationId: 'finishGithubDeviceSignIn',
    summary: 'Finish a sign-in without a browser, once the user has agreed',
    description: 'Call it every `intervalSeconds` until the answer is no longer 202.',
    access: 'public',
    body: githubDeviceToken,
    answers: {
      201: { description: 'Signed in.', body: signedIn },
      202: { description: 'The user has not agreed yet; try again later.', body: githubPending },
    },
    errors: ['invalid', 'forbidden', 'internal'],
    handle: async ({ services, body: { handle }, context, attempt }) => {
      const answer = await githubOf(services).finishDevice(
        handle,
        context.requestId,
        attempt().from,
      );
      if ('interval' in answer)
        return { status: 202, body: { status: 'pending', intervalSeconds: answer.interval } };
      return { status: 201, body: await answerOf(services, answer) };
    },
  }),
];

/** Signs the browser in, and leads it to the page. Nobody gets to see the token behind the session. */
async function intoPage(
  { services, header, sessionCookie }: Call<unknown, unknown, unknown>,
  { token }: SignedIn,
  done: string,
): Promise<Answer> {
  const principal = await services.authentication.identify({ token });
  const begun = await services.sessions.begin(principal, header('User-Agent'));
  const cookies = [done, cookieFor(begun, sessionCookie)];
  return { status: 303, headers: { Location: '/' }, cookies };
}

function githubOf({ github }: Services): GithubSignIn {
  return github!;
}

async function answerOf({ directory }: Services, { userId, token }: SignedIn) {
  return { user: userOf(await directory.user(userId)), token };
}

/** Lax, because GitHub's redirect back comes from another site. */
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
