import { nothing, type Change, type Decision } from '../change';
import { isLive, isOpen } from './caller';
import { MOST_SESSIONS, type ApiToken, type Principal, type Session, type User } from './user';

export type { Session };

/** How long sessions last, in ms. */
export interface SessionTimes {
  /** From the sign-in, however much it is used. */
  lasts: number;
  /** Without a call. */
  idle: number;
}

export const SESSION_TIMES: SessionTimes = { lasts: 7 * 86_400_000, idle: 12 * 3_600_000 };

/** A session's use is noted at most this often, so that not every call writes; ms. */
const USE_GRAIN = 60_000;

/**
 * The rows for a decision; `ofCredential`: all of the user that the same token made, or no token; the
 * one used last at the end.
 */
export interface SessionSnapshot {
  session: Session | null;
  ofCredential: Session[];
}

/**
 * Does the session sign its user in at `now` (epoch ms)? `token`: the one that made it, or null. It
 * ends with the token, or with the password.
 */
export function signsIn(
  session: Session,
  { user, token }: { user: User; token: ApiToken | null },
  now: number,
): boolean {
  if (!isOpen(session, now) || user.disabledAt !== null) return false;
  if (session.apiTokenId !== null) return token !== null && isLive(token, now);
  return session.passwordVersion === (user.passwordVersion ?? 0);
}

/** The sign-in of a browser: what it is called, where it comes from, and who it is. */
export interface SessionDraft extends Pick<Session, 'id' | 'hash' | 'address' | 'userAgent'> {
  by: Principal;
  times: SessionTimes;
}

/**
 * Makes a session for the principal. A credential has `MOST_SESSIONS` at most: those used longest ago
 * end, and none of another credential, which may have more rights. The value is the session. `now` in
 * epoch ms.
 */
export function beginSession(
  { ofCredential }: Pick<SessionSnapshot, 'ofCredential'>,
  { by, times, ...draft }: SessionDraft,
  now: number,
): Decision<Session> {
  const expiresAt = Math.min(now + times.lasts, by.expiresAt ?? Infinity);
  const session: Session = {
    ...draft,
    userId: by.userId,
    apiTokenId: by.apiTokenId,
    passwordVersion: by.passwordVersion ?? null,
    createdAt: now,
    lastSeenAt: now,
    idle: times.idle,
    expiresAt,
    endsAt: Math.min(expiresAt, now + times.idle),
  };
  const excess = ofCredential.slice(0, Math.max(0, ofCredential.length + 1 - MOST_SESSIONS));
  const { id, userId } = session;
  const data = { session: id, endsAt: expiresAt };
  return {
    changes: [
      ...excess.flatMap((each) => ended(each, 'limit')),
      { do: 'createSession', session },
      { do: 'append', event: { type: 'session.created', userId, data } },
    ],
    value: session,
  };
}

/** Ends a session for good. */
export function endSession(session: Session): Decision<null> {
  return { changes: ended(session, 'user'), value: null };
}

function ended({ id, userId }: Session, by: 'user' | 'limit'): Change[] {
  return [
    { do: 'endSession', id },
    { do: 'append', event: { type: 'session.ended', userId, data: { session: id, by } } },
  ];
}

/** Is it time to note that a session is in use? `now` in epoch ms. */
export function isUseNews({ lastSeenAt }: Pick<Session, 'lastSeenAt'>, now: number): boolean {
  return now - lastSeenAt >= USE_GRAIN;
}

/** Notes that a session is in use, which puts off its end. It never opens one that has ended. */
export function noteUse(session: Session | null, now: number): Decision<null> {
  if (!session || !isOpen(session, now) || !isUseNews(session, now)) return nothing(null);
  const endsAt = Math.min(session.expiresAt, now + session.idle);
  return {
    changes: [{ do: 'setSession', id: session.id, set: { lastSeenAt: now, endsAt } }],
    value: null,
  };
}
