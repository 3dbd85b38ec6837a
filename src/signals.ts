/** The commands that run until they are told to stop. Others end by a signal as any program does. */
const LASTING: readonly (string | undefined)[] = [undefined, 'serve', 'docker-proxy'];
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export type Signal = (typeof SIGNALS)[number];

/** Until a command takes them, nothing has begun that would have to end in order. */
let taker = (signal: Signal): void => {
  if (signal !== 'SIGHUP') process.exit(0);
};

// As early as possible: to the first process of a container (PID 1) a signal is lost unless somebody
// takes it.
if (LASTING.includes(process.argv[2]))
  for (const signal of SIGNALS) process.on(signal, () => taker(signal));

/** From now on `take` gets the signals of a lasting command. */
export function takeSignals(take: (signal: Signal) => void): void {
  taker = take;
}
