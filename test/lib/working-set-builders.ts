import type { NewPage } from '../../src/kernel/working-set/page-facts.ts';
import { IMPORTANCE_WEIGHTED_LRU } from '../../src/kernel/working-set/eviction-policy.ts';
import type { WorkingSetOptions } from '../../src/kernel/working-set/working-set.ts';

/** A page of text in the context. */
export function aPage({
  tokens = 100,
  ...rest
}: Partial<NewPage> & { readonly tokens?: number }): NewPage {
  return {
    type: 'transcript',
    modality: 'text',
    tier: 'L0',
    levelTokens: [tokens, null, null, null],
    lastAccessedMs: 0,
    ...rest,
  };
}

/** A working set of 1000 tokens without a reserve. */
export function options(changes: Partial<WorkingSetOptions>): WorkingSetOptions {
  return { totalTokens: 1000, reservedTokens: 0, policy: IMPORTANCE_WEIGHTED_LRU, ...changes };
}
