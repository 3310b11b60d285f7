import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AppenderName } from './appender.ts';

const PROGRAM = fileURLToPath(import.meta.resolve('./server-process.ts'));

/** What a server is told: to watch its event loop, or to say what it saw. */
export type ServerOrder = 'watch' | 'tell';

/** What a server saw of itself. */
export interface ServerFigures {
  /** By how much the event loop came round later than it should, beyond the millisecond that it is looked at with. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  /** Processor time. */
  readonly mainMicros: number;
  readonly allMicros: number;
}

/** A server in a process of its own. */
export interface ServerHost {
  readonly name: AppenderName;
  readonly port: number;
  watch(): void;
  tell(): Promise<ServerFigures>;
  close(): void;
}

/** Starts a server and waits until it listens. */
export async function openServerHost(name: AppenderName): Promise<ServerHost> {
  const child = fork(PROGRAM, [name]);
  const order = (what: ServerOrder): boolean => child.send(what);
  const port = (await nextMessage(child)) as number; // the first that the program sends
  return {
    name,
    port,
    watch: () => void order('watch'),
    tell: async () => {
      const answer = nextMessage(child);
      order('tell');
      return (await answer) as ServerFigures; // what the program answers
    },
    close: () => child.disconnect(),
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`A server ended with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (message: unknown) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
