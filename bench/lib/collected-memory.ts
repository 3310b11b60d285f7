import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const collectGarbage = exposeGarbageCollector();

function exposeGarbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  // V8 puts the function into every context that is made from now on.
  return runInNewContext('gc') as () => void;
}

/** What the process holds once all that nobody needs is gone. */
export function collectedMemory(): NodeJS.MemoryUsage {
  collectGarbage();
  return process.memoryUsage();
}
