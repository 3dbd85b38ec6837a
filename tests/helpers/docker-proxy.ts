import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { containerSpec } from '../../src/drivers/docker/container-spec';
import { dockerProxy } from '../../src/drivers/docker/proxy';
import { dockerSettings } from '../../src/drivers/docker/settings';
import { callOf, newThing } from '../contracts/driver';
import { whenDone } from './cleanups';
import { temporaryDirectory } from './engine';

/** The description of a container that the proxy lets through. */
export function allowedContainer(): object {
  const settings = dockerSettings.parse({ image: 'x', memoryMb: 64 });
  return containerSpec(settings, 'test', newThing('container'), callOf(), null);
}

/** A proxy on TCP, before something that answers like an engine. */
export class ProxyOverTcp {
  /** The calls that came through, as `METHOD path`. */
  readonly passed: string[] = [];
  readonly refused: string[] = [];
  private onCall: () => void = () => {};

  private constructor(readonly port: number) {}

  /** Resolves once that many calls have passed or been refused. */
  calls(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.onCall = () => void (this.passed.length + this.refused.length >= count && resolve());
    });
  }

  /** `hosts`: the names under which it may be called. */
  static async start(hosts: string[]): Promise<ProxyOverTcp> {
    const socketPath = join(temporaryDirectory(), 'engine.sock');
    const engine = createServer((request, response) => {
      started.passed.push(`${request.method} ${request.url}`);
      started.onCall();
      void text(request).then(() =>
        response.writeHead(201, { 'Content-Type': 'application/json' }).end('{"Id":"x"}'),
      );
    });
    await new Promise<void>((resolve) => engine.listen(socketPath, resolve));
    const refused = (call: string) => {
      started.refused.push(call);
      started.onCall();
    };
    const proxy = dockerProxy(socketPath, refused, new Set(hosts));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const started = new ProxyOverTcp((proxy.address() as AddressInfo).port);
    for (const server of [engine, proxy])
      whenDone(() => new Promise((done) => void server.close(() => done()).closeAllConnections()));
    return started;
  }
}
