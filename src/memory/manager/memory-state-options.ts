import type { Kernel } from '../../kernel/kernel.ts';
import type { EvictionWeights } from '../../kernel/working-set/eviction-policy.ts';
import type { LowerTier } from '../../kernel/working-set/page-kinds.ts';
import type { WorkingSet } from '../../kernel/working-set/working-set.ts';
import type { OutlineText } from '../search/outline-memo.ts';
import type { CountText } from '../search/page-outline.ts';
import type { SearchIndex } from '../search/search-index.ts';
import type { LoadContents } from './page-contents.ts';
import type { RecentTurn } from './recent-turns.ts';

/** What a memory is made with. */
export interface MemoryStateOptions {
  readonly kernel: Kernel;
  readonly countTokens: CountText;
  readonly outline: OutlineText;
  readonly load: LoadContents;
  readonly policy: EvictionWeights;
  /** Tokens of the context; pages beyond leave it, the oldest first. */
  readonly maxContextTokens: number;
  /** Pages whose content stays in the process besides those of the context. */
  readonly maxHotPages: number;
  /** UTF-16 units of all contents that stay in the process, as far as the context leaves room for others. Default: no limit. */
  readonly maxContentBytes?: number | undefined;
  /** Where the content of a page can be loaded from again once it is let go; null where it cannot. Default: none can. */
  readonly homeOf?: ((pageId: string) => LowerTier | null) | undefined;
  /** Turns before the open one that are remembered. */
  readonly keptTurns: number;
  /** Tokens of the context that pages never get. Default 0. */
  readonly reservedTokens?: number | undefined;
  /** What is done with a page whose content was loaded; by default it stands beside the context from then on. */
  readonly warm?: ((pageId: string) => void) | undefined;
  /** Whether pages are found by their hints as well. Default false. */
  readonly indexHints?: boolean | undefined;
  /** Parts of a memory that goes on. */
  readonly from?: RestoredParts | undefined;
}

/** What a memory was made of before. */
export interface RestoredParts {
  readonly set: WorkingSet;
  readonly index: SearchIndex;
  readonly turns: readonly RecentTurn[];
}
