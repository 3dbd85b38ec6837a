import {
  MOST_ADDRESSES,
  MOST_KEYS,
  type ApiToken,
  type Email,
  type Principal,
  type SshKey,
  type User,
} from '../../domain/people/user';
import type { Page } from '../../store/reads';
import type { Engine } from '../engine';

/** A user with all that is known about them. */
export interface Profile {
  user: User;
  emails: Email[];
  sshKeys: SshKey[];
}

/** Look-ups of people and of the tokens that act for them. */
export class Directory {
  constructor(private readonly engine: Engine) {}

  /** Returns a user by an id that this server issued, even one who was deleted since. */
  async user(id: string): Promise<User> {
    return (await this.engine.store.read.userById(id))!;
  }

  /** Returns a page of the users in order of id. */
  users(page: Page): Promise<User[]> {
    return this.engine.store.read.users(page);
  }

  /** Returns the principal's own profile. */
  async profile({ userId }: Principal): Promise<Profile> {
    const { read } = this.engine.store;
    const [user, emails, sshKeys] = await Promise.all([
      this.user(userId),
      read.emailsOf(userId, MOST_ADDRESSES),
      read.sshKeysOf(userId, MOST_KEYS),
    ]);
    return { user, emails, sshKeys };
  }

  /** Returns a token by an id that this server issued. */
  async token(id: string): Promise<ApiToken> {
    return (await this.engine.store.read.tokenById(id))!;
  }

  /** Returns a page of the principal's own tokens in order of id. */
  tokens({ userId }: Principal, page: Page): Promise<ApiToken[]> {
    return this.engine.store.read.tokensOf(userId, page);
  }
}
