import { DriverError, type CredentialSecret } from '../driver';

/** The calls about a static credential, for drivers that lend none: nobody makes them. */
export abstract class NoStaticCredential {
  issueCredential(): Promise<CredentialSecret> {
    return refusal();
  }

  retireCredential(): Promise<void> {
    return refusal();
  }
}

function refusal(): Promise<never> {
  return Promise.reject(
    new DriverError(
      'resource',
      'These resources have no static credential: each loan opens its own.',
    ),
  );
}
