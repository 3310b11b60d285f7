import type { Kernel } from './kernel.ts';
import { createJsRanking } from './ranking.ts';
import { countTextClasses } from './text-classes.ts';
import { openWorkingSet } from './working-set/checked-working-set.ts';
import { createJsPageSets } from './working-set/js-page-set.ts';

/** Creates the kernel in plain JavaScript. */
export function createJsKernel(): Kernel {
  const source = createJsPageSets();
  return {
    kind: 'js',
    countTextClasses,
    rankPages: createJsRanking(),
    openWorkingSet: (options) => openWorkingSet(source, options),
  };
}
