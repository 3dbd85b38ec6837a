import type { ApiToken, Email, Principal, SshKey, User } from '../../domain/people/user';
import type { Page } from '../../store/reads';
import type { Engine } from '../engine';

/** A user with everything that is known of them. */
export interface Profile {
  user: User;
  emails: Email[];
  sshKeys: SshKey[];
}

/** Look-ups of people and of the tokens that act for them. */
export class Directory {
  constructor(private readonly engine: Engine) {}

  /** A user by an id that this server gave, even one who was deleted since. */
  async user(id: string): Promise<User> {
    return (await this.engine.store.read.userById(id))!;
  }

  /** A page of the users in order of id. */
  users(page: Page): Promise<User[]> {
    return this.engine.store.read.users(page);
  }

  /** The principal's own. */
  async profile({ userId }: Principal): Promise<Profile> {
    const { read } = this.engine.store;
    const [user, emails, sshKeys] = await Promise.all([
      this.user(userId),
      read.emailsOf(userId),
      read.sshKeysOf(userId),
    ]);
    return { user, emails, sshKeys };
  }

  /** A token by an id that this server gave. */
  async token(id: string): Promise<ApiToken> {
    return (await this.engine.store.read.tokenById(id))!;
  }

  /** A page of the principal's own tokens in order of id. */
  tokens({ userId }: Principal, page: Page): Promise<ApiToken[]> {
    return this.engine.store.read.tokensOf(userId, page);
  }
}
