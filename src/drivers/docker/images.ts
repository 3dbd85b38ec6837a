import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import { DriverError, NotYet, type DriverEnv } from '../driver';
import { readSecret } from '../secret-setting';
import { callUnlessMissing, engineFault, engineStatus } from './engine';
import { imageNameOf, registryOf } from './image-name';
import type { DockerSettings } from './settings';

/** How long a call waits for an image before it is to be repeated, and until then, in ms. */
const PATIENCE = 5_000;
/** The words of an engine that has found something to fetch. */
const FETCHES = /^(Pulling fs layer|Downloading)$/;

/** An image on its way; one for all calls of a thread that want it. */
interface Pull {
  done: Promise<void>;
  isOver: boolean;
}

interface Progress {
  status?: string;
  error?: string;
}

/** The images of containers, and how they come to the engine. */
export class Images {
  private readonly pulls = new Map<string, Pull>();
  private readonly closing = new AbortController();

  constructor(
    private readonly docker: Docker,
    private readonly settings: DockerSettings,
    private readonly env: DriverEnv,
    /** How long a call waits, in ms. */
    private readonly patience = PATIENCE,
  ) {}

  /** The id of the image that has this name now; null if none has. */
  async id(image: string, signal: AbortSignal): Promise<string | null> {
    const found = await callUnlessMissing('inspect an image', signal, () =>
      this.docker.getImage(image).inspect(),
    );
    return found && found.Id;
  }

  /**
   * Pulls an image if the settings say so. A pull outlives the call that began it: several calls
   * share it. Errors: NotYet while it takes long; DriverError `backend` if it fails.
   */
  async ready(image: string, signal: AbortSignal): Promise<void> {
    const { pull } = this.settings;
    if (pull === 'never') return;
    if (pull === 'missing' && (await this.id(image, signal)) !== null)
      return void this.pulls.delete(image);
    const coming = this.pulls.get(image) ?? this.begin(image);
    await Promise.race([coming.done, this.untilTired(image, signal)]).finally(() => {
      // Its result is told once: the next call looks again.
      if (coming.isOver && this.pulls.get(image) === coming) this.pulls.delete(image);
    });
  }

  /** Gives up what is on its way. */
  close(): void {
    this.closing.abort();
  }

  private begin(image: string): Pull {
    const coming: Pull = { isOver: false, done: this.fetch(image) };
    const over = () => void (coming.isOver = true);
    coming.done.then(over, over);
    this.pulls.set(image, coming);
    return coming;
  }

  private async fetch(image: string): Promise<void> {
    const limit = AbortSignal.timeout(this.settings.pullTimeoutMs);
    const signal = AbortSignal.any([this.closing.signal, limit]);
    try {
      const { repository: fromImage, tag } = imageNameOf(image);
      const options = { fromImage, tag, abortSignal: signal };
      const stream = await this.docker.createImage(await this.loginFor(image), options);
      await this.follow(image, stream as IncomingMessage);
    } catch (error) {
      throw pullFault(error, image, limit.aborted);
    }
  }

  /** Reads the engine's progress to its end. Errors: what the engine says, or a broken stream. */
  private async follow(image: string, stream: IncomingMessage): Promise<void> {
    const begun = performance.now();
    const fields = { driver: 'docker', image };
    let fetches = false;
    for await (const { status = '', error } of progressIn(stream)) {
      if (error !== undefined) throw new Error(error);
      if (fetches || !FETCHES.test(status)) continue;
      fetches = true;
      this.env.log?.(fields, 'An image is being pulled.');
    }
    if (!fetches) return;
    const ms = Math.round(performance.now() - begun);
    this.env.log?.({ ...fields, ms }, 'An image was pulled.');
  }

  /** The login of the registry that an image comes from; none for any other. */
  private async loginFor(image: string): Promise<object | undefined> {
    const { registryLogin: login } = this.settings;
    if (!login || registryOf(image) !== login.host) return undefined;
    const { host, username, password: variable, passwordFile: file } = login;
    const whose = ` for the registry ${host}`;
    const password = await readSecret({ variable, file }, this.env.variables, whose);
    return { username, password, serveraddress: host };
  }

  private async untilTired(image: string, signal: AbortSignal): Promise<never> {
    const { now } = this.env;
    const tired = now ? AbortSignal.timeout(this.patience) : new AbortController().signal;
    const over = AbortSignal.any([tired, signal]);
    await new Promise<void>((resolve) => {
      if (over.aborted) resolve();
      over.addEventListener('abort', () => resolve(), { once: true });
    });
    if (now && !signal.aborted)
      throw new NotYet(now() + this.patience, `The image ${image} is being pulled.`);
    throw new DriverError('backend', `The image ${image} was not pulled before the deadline.`);
  }
}

/** The engine reports a failure as one more line of its progress, after status 200. */
async function* progressIn(stream: IncomingMessage): AsyncGenerator<Progress> {
  let rest = '';
  for await (const part of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + part).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Progress;
  }
}

function pullFault(error: unknown, image: string, isLate: boolean): DriverError {
  if (error instanceof DriverError) return error;
  if (isLate)
    return new DriverError('backend', `The image ${image} was not pulled within pullTimeoutMs.`);
  const hasAnswered = engineStatus(error) !== undefined || !(error as { code?: unknown }).code;
  if (!hasAnswered) return engineFault(error, 'pull an image');
  const why = error instanceof Error ? error.message : String(error);
  const message = `The image ${image} could not be pulled: ${why.trim()}`;
  return new DriverError('backend', message, { cause: error });
}
