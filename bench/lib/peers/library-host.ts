import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LibraryName } from './libraries.ts';
import type { Description, Sample, Task } from './task.ts';

const PROGRAM = fileURLToPath(import.meta.resolve('./library-process.ts'));

/** A library in a process of its own. */
export interface LibraryHost {
  readonly subject: LibraryName;
  readonly description: Description;
  /** One task at a time. */
  perform(task: Task): Promise<Sample>;
  close(): void;
}

/** Starts a library's process and waits until it has warmed up. */
export async function openLibraryHost(library: LibraryName): Promise<LibraryHost> {
  // Advanced: the bounds of some libraries are infinite, which JSON cannot say.
  const child = fork(PROGRAM, [library], { serialization: 'advanced' });
  const description = (await nextMessage(child)) as Description; // the first that the program sends
  return {
    subject: library,
    description,
    perform: async (task) => {
      const answer = nextMessage(child);
      child.send(task);
      return (await answer) as Sample; // what the program answers to every task
    },
    close: () => child.disconnect(),
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`The process of a library ended with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (message: unknown) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
