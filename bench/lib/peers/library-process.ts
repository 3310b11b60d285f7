import { someTurns } from './dialogue.ts';
import { LIBRARIES, type LibraryName } from './libraries.ts';
import { Reader } from './reader.ts';
import { Recorder } from './recorder.ts';
import type { Description, Sample, Task } from './task.ts';

// A program of its own: `library-process.ts <library>`, forked by library-host.ts. Libraries are measured in processes of
// their own, since some change the process for all: LangGraph's AsyncLocalStorage alone makes every promise dearer.

async function main(): Promise<void> {
  const library = await LIBRARIES[process.argv[2] as LibraryName](); // the host names an existing one
  const stock = { history: someTurns(10_000), added: someTurns(2000, 2) };
  const recorder = new Recorder(library, stock);
  const reader = new Reader(library, stock.history);
  await recorder.warmUp();
  const perform = (task: Task): Promise<Sample> =>
    task.kind === 'record' ? recorder.sample(task.recording) : reader.sample(task.reading);
  process.on('message', (task: Task) => {
    // A failure ends the process with its stack on stderr; the host notices.
    void perform(task).then((sample) => process.send?.(sample));
  });
  process.on('disconnect', () => process.exit(0));
  const { name, maxTurns, maxExactTurns, contextBuilder } = library;
  const description: Description = {
    name,
    maxTurns,
    maxExactTurns,
    buildsContexts: contextBuilder !== null,
  };
  process.send?.(description);
}

await main();
