import type { Express } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';

/** Called as a function, not with `new`: see `Messages`. */
type Maker = (this: object, ...given: unknown[]) => void;

/**
 * The requests and responses of a server, made as Express wants them. Express gives each its own
 * prototype after Node has made it, and with that V8 takes every single one for a new kind of
 * object, and looks up slowly whatever is asked of it from then on: half of all time of a bare
 * Express. What is born with that prototype is left as it is.
 */
export class Messages {
  readonly IncomingMessage = born(IncomingMessage);
  readonly ServerResponse = born(ServerResponse);

  /** From now on they are born for this app. */
  bear(app: Express): void {
    this.IncomingMessage.prototype = app.request as never;
    this.ServerResponse.prototype = app.response as never;
  }
}

/**
 * A constructor that does what `parent` does, with a prototype that can be set. Node's are
 * functions, which allow that.
 */
function born<P extends typeof IncomingMessage | typeof ServerResponse>(parent: P): P {
  const make = parent as unknown as Maker;
  function Message(this: object, ...given: unknown[]): void {
    make.apply(this, given);
  }
  Message.prototype = parent.prototype as object;
  // V8 makes room in each for as many fields as it sees the constructors of this chain give it.
  Object.setPrototypeOf(Message, parent);
  return Message as unknown as P;
}
