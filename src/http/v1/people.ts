import { z } from 'zod';
import { id, pageQuery } from '../../api/common';
import {
  me,
  newToken,
  newTokenAnswer,
  newUser,
  setup,
  setupAnswer,
  token as tokenBody,
  tokenList,
  user as userBody,
  userChange,
  userList,
} from '../../api/people';
import type { User } from '../../domain/people/user';
import { pageAnswer, pageOf } from '../paging';
import { renderer } from '../render';
import { route, type Answer, type Route } from '../route';
import { tagged, versionsOf } from './tags';

const params = z.object({ id: id.describe('The id of the user.') });
const tokenParams = z.object({ id: id.describe('The id of the token, not its secret.') });
const oneUser = { description: 'The user.', body: userBody };

/** Shows a user to anybody who may see them. */
export const userOf = renderer(userBody);
const tokenOf = renderer(tokenBody);

/** Makes the first admin. */
export const setupRoute: Route = route({
  method: 'post',
  path: '/v1/setup',
  operationId: 'setUp',
  summary: 'Create the first admin',
  description: 'Works once, on a server without an admin.',
  access: 'public',
  signsIn: true,
  body: setup,
  answers: {
    201: {
      description: 'The admin, and a token with every scope but `secrets`.',
      body: setupAnswer,
    },
  },
  errors: ['invalid', 'unauthenticated', 'already_set_up'],
  handle: async ({ services, body: { setupToken, ...input }, attempt }) => {
    const { userId, token } = await services.users.setUp(setupToken, input, attempt());
    return { status: 201, body: { user: userOf(await services.directory.user(userId)), token } };
  },
});

/** Shows the caller. */
const meRoute = route({
  method: 'get',
  path: '/v1/me',
  operationId: 'getMe',
  summary: 'Show the caller, and what their credential allows',
  access: 'read',
  answers: { 200: { description: 'The caller.', body: me } },
  errors: [],
  handle: async ({ services, principal }) => {
    const { user, emails, sshKeys } = await services.directory.profile(principal);
    const { scopes, maxPriority, apiTokenId } = principal;
    return {
      status: 200,
      body: {
        ...userOf(user),
        scopes,
        maxPriority,
        apiTokenId,
        emails: emails.map(({ email, verifiedAt }) => ({ email, verified: verifiedAt !== null })),
        sshKeys: sshKeys.map(({ key, source }) => ({ key, source })),
      },
    };
  },
});

/** Users. */
export const userRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/users',
    operationId: 'createUser',
    summary: 'Add a user',
    access: 'admin',
    body: newUser,
    answers: { 201: oneUser },
    errors: ['unauthenticated', 'invalid', 'conflict', 'idempotency_mismatch'],
    handle: async ({ services: { users, directory }, body, context, principal }) =>
      answerOf(await directory.user(await users.create(body, context, principal)), 201),
  }),
  route({
    method: 'get',
    path: '/v1/users',
    operationId: 'listUsers',
    summary: 'List users',
    access: 'admin',
    query: pageQuery,
    answers: { 200: { description: 'A page of users.', body: userList } },
    errors: ['invalid'],
    handle: async ({ services, query, url }) =>
      pageAnswer(
        await services.directory.users(pageOf(query)),
        query,
        url,
        (user) => user.id,
        userOf,
      ),
  }),
  route({
    method: 'get',
    path: '/v1/users/{id}',
    operationId: 'getUser',
    summary: 'Show a user: yourself, or anybody as an admin',
    access: 'self',
    params,
    answers: { 200: oneUser },
    errors: ['not_found'],
    handle: async ({ services, params: { id: userId }, principal }) =>
      answerOf(await services.users.find(principal, userId)),
  }),
  route({
    method: 'patch',
    path: '/v1/users/{id}',
    operationId: 'updateUser',
    summary: 'Change a user: yourself, or anybody as an admin',
    description:
      'Only admins change roles, and the passwords of others. Your own password needs your present ' +
      'one, a token with all rights of yours that does not expire, or a token of an admin; a ' +
      'session does not set it.',
    access: 'self',
    params,
    body: userChange,
    answers: { 200: oneUser },
    errors: [
      'unauthenticated',
      'invalid',
      'forbidden',
      'not_found',
      'conflict',
      'precondition_failed',
    ],
    handle: async ({ services: { users }, params: { id: userId }, body, principal, ifMatch }) => {
      await users.change(principal, userId, body, versionsOf(ifMatch));
      return answerOf(await users.find(principal, userId));
    },
  }),
  route({
    method: 'delete',
    path: '/v1/users/{id}',
    operationId: 'deleteUser',
    summary: 'Delete a user, and end their reservations',
    description: 'What they borrowed ends, and is cleaned like any other loan.',
    access: 'admin',
    params,
    answers: { 204: { description: 'Deleted.' } },
    errors: ['not_found', 'conflict'],
    handle: async ({ services, params: { id: userId } }) => {
      await services.users.delete(userId);
      return { status: 204 };
    },
  }),
  meRoute,
];

/** API tokens of the caller. */
export const tokenRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/tokens',
    operationId: 'createToken',
    summary: 'Create an API token with at most the rights of the calling credential',
    description: 'A token cannot do more, or live longer, than the credential that made it.',
    access: 'self',
    body: newToken,
    answers: {
      201: { description: 'The token; its secret is shown only here.', body: newTokenAnswer },
    },
    errors: ['unauthenticated', 'invalid', 'forbidden', 'conflict', 'idempotency_mismatch'],
    handle: async ({ services, body: { expiresInSeconds, ...input }, principal, context }) => {
      const expiresIn =
        expiresInSeconds === undefined ? {} : { expiresIn: expiresInSeconds * 1000 };
      const { id: tokenId, secret } = await services.users.createToken(
        principal,
        { ...input, ...expiresIn },
        context,
      );
      const token = await services.directory.token(tokenId);
      return { status: 201, body: { ...tokenOf(token), token: secret } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/tokens',
    operationId: 'listTokens',
    summary: "List the caller's API tokens, without their secrets",
    access: 'self',
    query: pageQuery,
    answers: { 200: { description: 'A page of tokens.', body: tokenList } },
    errors: ['invalid'],
    handle: async ({ services, query, principal, url }) =>
      pageAnswer(
        await services.directory.tokens(principal, pageOf(query)),
        query,
        url,
        (token) => token.id,
        tokenOf,
      ),
  }),
  route({
    method: 'delete',
    path: '/v1/tokens/{id}',
    operationId: 'revokeToken',
    summary: 'Revoke an API token',
    access: 'self',
    params: tokenParams,
    answers: { 204: { description: 'Revoked.' } },
    errors: ['not_found'],
    handle: async ({ services, params: { id: tokenId }, principal }) => {
      await services.users.revokeToken(principal, tokenId);
      return { status: 204 };
    },
  }),
];

function answerOf(user: User, status = 200): Answer {
  return tagged(userOf(user), user.version, status, `/v1/users/${user.id}`);
}
