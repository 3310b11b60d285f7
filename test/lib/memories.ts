import { createMemoryArtifactStore } from '../../src/artifacts/memory-artifact-store.ts';
import { PageVault } from '../../src/artifacts/page-vault.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { MemoryManager } from '../../src/runtime/memory-manager.ts';
import type { MemoryManagerOptions } from '../../src/memory/manager/manager-options.ts';
import { createTokenCounter, type TokenCounter } from '../../src/tokens/token-counter.ts';

/** Fast, and the same everywhere. */
const ESTIMATE: TokenCounter = createTokenCounter({ mode: 'estimate' });

/** A memory whose time moves a second a look, and whose ids count. */
export function aMemory(options: MemoryManagerOptions = {}): MemoryManager {
  let nowMs = 1_000_000;
  let ids = 0;
  return new MemoryManager({
    sessionId: 'sess_1',
    counter: ESTIMATE,
    kernel: createJsKernel(),
    clock: { nowMs: () => (nowMs += 1_000) },
    newId: () => String((ids += 1)).padStart(12, '0'),
    ...options,
  });
}

/** A memory in which pages cost what is said, and nothing is folded. */
export function aPlainMemory(
  maxL0Tokens: number,
  options: MemoryManagerOptions = {},
): MemoryManager {
  return aMemory({ config: { maxL0Tokens, reservedTokens: 0 }, compressors: null, ...options });
}

/** Adds pages of so many tokens each. */
export async function addPages(
  memory: MemoryManager,
  ids: readonly string[],
  sizeTokens: number,
): Promise<void> {
  for (const pageId of ids) {
    memory.createPage(`content of ${pageId}`, { pageId, sizeTokens });
    await memory.addToWorkingSet(pageId);
  }
}

/** Ids of the pages of the context in order. */
export function contextOf(memory: MemoryManager): readonly string[] {
  return memory.getL0Pages().map(({ card }) => card.pageId);
}

/** A vault of the session of {@link aMemory}. */
export function aVault(): PageVault {
  const store = createMemoryArtifactStore({}, { nowMs: () => 0 });
  return new PageVault({ store, tenant: 'tenant', sessionId: 'sess_1' });
}
