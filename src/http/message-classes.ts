import type { Express } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';

/** Called as a function, not with `new`: see `MessageClasses`. */
type Constructor = (this: object, ...args: unknown[]) => void;

/**
 * The request and response classes of one server, made to suit Express. Express replaces the
 * prototype of each message after Node created it; V8 then sees a new shape every time and reads
 * its properties slowly, which took half the time of a bare Express. A message created with that
 * prototype is left alone.
 */
export class MessageClasses {
  readonly IncomingMessage = subclass(IncomingMessage);
  readonly ServerResponse = subclass(ServerResponse);

  /** From now on creates messages with the prototypes of this app. */
  suit(app: Express): void {
    this.IncomingMessage.prototype = app.request as never;
    this.ServerResponse.prototype = app.response as never;
  }
}

/** A subclass whose prototype can be set: a function, as Node's own classes are here. */
function subclass<P extends typeof IncomingMessage | typeof ServerResponse>(parent: P): P {
  const construct = parent as unknown as Constructor;
  function Message(this: object, ...args: unknown[]): void {
    construct.apply(this, args);
  }
  Message.prototype = parent.prototype as object;
  // V8 reserves room for as many fields as the constructors in this chain are seen to set.
  Object.setPrototypeOf(Message, parent);
  return Message as unknown as P;
}
