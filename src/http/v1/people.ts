import { z } from 'zod';
import { id, pageQuery } from '../../api/common';
import {
  me,
  newToken,
  newTokenAnswer,
  newUser,
  setup,
  setupAnswer,
  tokenList,
  user as userBody,
  userChange,
  userList,
} from '../../api/people';
import type { ApiToken, User } from '../../domain/people/user';
import type { Services } from '../../service/services';
import { pageAnswer, pageOf } from '../paging';
import { route, type Route } from '../route';
import { instantOf } from '../instants';
import { versionOf } from './pools';

const params = z.object({ id });
const oneUser = { description: 'The user.', body: userBody };

/** The first admin. */
export function setupRoute({ users, engine }: Services): Route {
  return route({
    method: 'post',
    path: '/v1/setup',
    summary: 'Make the first admin, once',
    access: 'public',
    signsIn: true,
    body: setup,
    answers: {
      201: { description: 'The admin, and a token with every scope.', body: setupAnswer },
    },
    errors: ['invalid', 'unauthenticated', 'already_set_up'],
    handle: async ({ body: { setupToken, ...input } }) => {
      const { userId, token } = await users.setUp(setupToken, input);
      return {
        status: 201,
        body: { user: userOf((await engine.store.read.userById(userId))!), token },
      };
    },
  });
}

/** People. */
export function userRoutes(services: Services): Route[] {
  const { users, engine } = services;
  const { read } = engine.store;
  return [
    route({
      method: 'post',
      path: '/v1/users',
      summary: 'Add a user',
      access: 'admin',
      body: newUser,
      answers: { 201: oneUser },
      errors: ['invalid', 'conflict', 'idempotency_mismatch'],
      handle: async ({ body, context }) => {
        const user = (await read.userById(await users.create(body, context)))!;
        return {
          status: 201,
          body: userOf(user),
          headers: { Location: `/v1/users/${user.id}`, ETag: tagOf(user) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/users',
      summary: 'All users',
      access: 'admin',
      query: pageQuery,
      answers: { 200: { description: 'A page of users.', body: userList } },
      errors: ['invalid'],
      handle: async ({ query, url }) =>
        pageAnswer(await read.users(pageOf(query)), query, url, (user) => user.id, userOf),
    }),
    route({
      method: 'get',
      path: '/v1/users/{id}',
      summary: 'A user: oneself, or anybody for an admin',
      access: 'self',
      params,
      answers: { 200: oneUser },
      errors: ['not_found'],
      handle: async ({ params: { id: userId }, principal }) => {
        const user = await users.find(principal, userId);
        return { status: 200, body: userOf(user), headers: { ETag: tagOf(user) } };
      },
    }),
    route({
      method: 'patch',
      path: '/v1/users/{id}',
      summary: 'Change a user: oneself, or anybody for an admin',
      access: 'self',
      params,
      body: userChange,
      answers: { 200: oneUser },
      errors: ['invalid', 'forbidden', 'not_found', 'conflict', 'precondition_failed'],
      handle: async ({ params: { id: userId }, body, principal, ifMatch }) => {
        await users.change(principal, userId, body, versionOf(ifMatch));
        const user = await users.find(principal, userId);
        return { status: 200, body: userOf(user), headers: { ETag: tagOf(user) } };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/users/{id}',
      summary: 'Shut a user out and end what they borrowed',
      access: 'admin',
      params,
      answers: { 204: { description: 'Gone.' } },
      errors: ['not_found', 'conflict'],
      handle: async ({ params: { id: userId } }) => {
        await users.delete(userId);
        return { status: 204 };
      },
    }),
    meRoute(services),
  ];
}

/** Whoever calls. */
function meRoute({ engine }: Services): Route {
  const { read } = engine.store;
  return route({
    method: 'get',
    path: '/v1/me',
    summary: 'Who am I, and what may I do?',
    access: 'read',
    answers: { 200: { description: 'You.', body: me } },
    errors: [],
    handle: async ({ principal }) => {
      const { scopes, maxPriority, apiTokenId, userId } = principal;
      const emails = (await read.emailsOf(userId)).map(({ email, verifiedAt }) => ({
        email,
        verified: verifiedAt !== null,
      }));
      const sshKeys = (await read.sshKeysOf(userId)).map(({ key, source }) => ({ key, source }));
      return {
        status: 200,
        body: {
          ...userOf((await read.userById(userId))!),
          scopes,
          maxPriority,
          apiTokenId,
          emails,
          sshKeys,
        },
      };
    },
  });
}

/** API tokens of the caller. */
export function tokenRoutes({ users, engine }: Services): Route[] {
  const { read } = engine.store;
  return [
    route({
      method: 'post',
      path: '/v1/tokens',
      summary: 'Make an API token, with no more rights than one has',
      access: 'self',
      body: newToken,
      answers: {
        201: { description: 'The token; its secret is shown here only.', body: newTokenAnswer },
      },
      errors: ['invalid', 'forbidden', 'idempotency_mismatch'],
      handle: async ({ body: { expiresInSeconds, ...input }, principal, context }) => {
        const expiresIn =
          expiresInSeconds === undefined ? {} : { expiresIn: expiresInSeconds * 1000 };
        const made = await users.createToken(principal, { ...input, ...expiresIn }, context);
        return {
          status: 201,
          body: { ...tokenOf((await read.tokenById(made.id))!), token: made.secret },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/tokens',
      summary: "One's API tokens, without their secrets",
      access: 'self',
      query: pageQuery,
      answers: { 200: { description: 'A page of tokens.', body: tokenList } },
      errors: ['invalid'],
      handle: async ({ query, principal, url }) =>
        pageAnswer(
          await read.tokensOf(principal.userId, pageOf(query)),
          query,
          url,
          (token) => token.id,
          tokenOf,
        ),
    }),
    route({
      method: 'delete',
      path: '/v1/tokens/{id}',
      summary: 'Revoke a token',
      access: 'self',
      params,
      answers: { 204: { description: 'It works no more.' } },
      errors: ['not_found'],
      handle: async ({ params: { id: tokenId }, principal }) => {
        await users.revokeToken(principal, tokenId);
        return { status: 204 };
      },
    }),
  ];
}

function tagOf({ version }: User): string {
  return `"${version}"`;
}

/** A user as everybody who may see them sees them. */
export function userOf({ id: userId, number, name, email, username, role, createdAt }: User) {
  return { id: userId, number, name, email, username, role, createdAt: instantOf(createdAt) };
}

function tokenOf({
  id: tokenId,
  name,
  userId,
  scopes,
  maxPriority,
  createdAt,
  expiresAt,
  lastUsedAt,
  revokedAt,
}: ApiToken) {
  const times = {
    createdAt: instantOf(createdAt),
    expiresAt: instantOf(expiresAt),
    lastUsedAt: instantOf(lastUsedAt),
    revokedAt: instantOf(revokedAt),
  };
  return { id: tokenId, name, userId, scopes, maxPriority, ...times };
}
