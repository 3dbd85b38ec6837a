import { BaseAgent, utils, type AuthHandlerMiddleware } from 'ssh2';
import { DriverError } from '../driver';

/**
 * A public key whose private half somebody else keeps, offered to a server. The server asks for a
 * signature only if it would let its owner in; that question is the answer, and none is given.
 */
export class OfferedKey extends BaseAgent<string> {
  /** Called when the server wants a signature. */
  whenWanted: () => void = () => {};

  /** Errors: DriverError if it is no public key: the server would refuse that, too. */
  constructor(private readonly publicKey: string) {
    super();
    if (utils.parseKey(publicKey) instanceof Error)
      throw new DriverError('resource', 'The public key of the access cannot be read.');
  }

  /** The methods of a client that offers this key for a user, and nothing else. */
  handler(username: string): AuthHandlerMiddleware {
    let isOffered = false;
    return (_left, _partial, next) => {
      if (isOffered) return next(false as never);
      isOffered = true;
      next({ type: 'agent', username, agent: this });
    };
  }

  getIdentities(done: (error: Error | null, keys?: string[]) => void): void {
    done(null, [this.publicKey]);
  }

  sign(_key: unknown, _data: Buffer, options: unknown, done?: unknown): void {
    this.whenWanted();
    const refuse = (typeof options === 'function' ? options : done) as (error: Error) => void;
    refuse(new Error('The private half is not here.'));
  }
}
