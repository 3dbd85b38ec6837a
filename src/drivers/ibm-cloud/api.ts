import { BearerTokenAuthenticator } from '@ibm-cloud/platform-services/auth';
import IamAccessGroupsV2 from '@ibm-cloud/platform-services/iam-access-groups/v2';
import IamIdentityV1 from '@ibm-cloud/platform-services/iam-identity/v1';
import IamPolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1';
import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2';
import UserManagementV1 from '@ibm-cloud/platform-services/user-management/v1';
import type { Account } from './accounts';
import { answerIn, faultFor, requireTime } from './faults';
import type { IbmCloudSettings } from './settings';
import { requireTokens, type TokenContext } from './tokens';

/** The identity behind the key of the administration. */
export interface Administration {
  keyId: string;
  iamId: string;
}

/** IBM Cloud as the administration of one account sees it, for the length of one driver call. */
export class Api {
  private readonly made: {
    groups?: IamAccessGroupsV2;
    identity?: IamIdentityV1;
    policies?: IamPolicyManagementV1;
    resources?: ResourceControllerV2;
    users?: UserManagementV1;
  } = {};

  private constructor(
    readonly account: Account,
    readonly context: TokenContext,
    private readonly bearerToken: string,
  ) {}

  // Each service has an HTTP client of its own, and most calls use few of them.
  get groups(): IamAccessGroupsV2 {
    return (this.made.groups ??= new IamAccessGroupsV2(this.at('iam')));
  }

  get identity(): IamIdentityV1 {
    return (this.made.identity ??= new IamIdentityV1(this.at('iam')));
  }

  get policies(): IamPolicyManagementV1 {
    return (this.made.policies ??= new IamPolicyManagementV1(this.at('iam')));
  }

  get resources(): ResourceControllerV2 {
    return (this.made.resources ??= new ResourceControllerV2(this.at('resourceController')));
  }

  get users(): UserManagementV1 {
    return (this.made.users ??= new UserManagementV1(this.at('userManagement')));
  }

  /** The SDK hands its options on to axios, which stops at the signal. */
  private at(endpoint: keyof IbmCloudSettings['endpoints']) {
    const { settings, signal } = this.context;
    return {
      authenticator: new BearerTokenAuthenticator({ bearerToken: this.bearerToken }),
      serviceUrl: settings.endpoints[endpoint],
      timeout: settings.requestTimeoutMs,
      signal,
    };
  }

  /** Errors: DriverError if the key of the administration is refused. */
  static async open(account: Account, context: TokenContext): Promise<Api> {
    const whose = `The API key of the administration of ${account.name}`;
    const { access } = await requireTokens(account.adminKey, whose, context);
    return new Api(account, context, access);
  }

  /** The same services for the bearer of another token. */
  as(bearerToken: string): Api {
    return new Api(this.account, this.context, bearerToken);
  }

  now(): number {
    return this.context.now();
  }

  /**
   * The result of one request, named by `doing` in failures. Errors: DriverError, or NotYet for a
   * 429; nothing is asked after the deadline.
   */
  async ask<T>(doing: string, request: () => Promise<{ result: T }>): Promise<T> {
    const answer = await this.tryTo(doing, request);
    if ('status' in answer) throw faultFor(answer, doing, this.now());
    return answer.result;
  }

  /** The same, where a thing that does not exist is no failure: undefined. */
  async find<T>(doing: string, request: () => Promise<{ result: T }>): Promise<T | undefined> {
    const answer = await this.tryTo(doing, request);
    if (!('status' in answer)) return answer.result;
    if (answer.status === 404) return undefined;
    throw faultFor(answer, doing, this.now());
  }

  /**
   * The result of one request, or the status with which it was refused (4xx, without 429). Errors:
   * DriverError `backend` for any other answer, NotYet for a 429.
   */
  async tryTo<T>(
    doing: string,
    request: () => Promise<{ result: T }>,
  ): Promise<{ result: T } | { status: number }> {
    requireTime(this.context.signal);
    try {
      return { result: (await request()).result };
    } catch (error) {
      requireTime(this.context.signal);
      const answer = answerIn(error);
      const { status } = answer;
      if (status !== null && status >= 400 && status < 500 && status !== 429) return { status };
      throw faultFor(answer, doing, this.now());
    }
  }

  /** The identity that acts here. */
  async administration(): Promise<Administration> {
    const { id, iam_id: iamId } = await this.ask('find the administration', () =>
      this.identity.getApiKeysDetails({ iamApiKey: this.account.adminKey }),
    );
    return { keyId: id, iamId };
  }
}
