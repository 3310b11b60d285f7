import { inTurns } from '../../domain/in-turns.ts';
import type { StorageTier } from '../../domain/page.ts';
import type { LowerTier } from '../../kernel/working-set/page-kinds.ts';
import type { ManagerCore } from './manager-core.ts';
import type { StoredTier } from './page-storage.ts';

/** What became of a page that was to leave. */
export interface EvictOutcome {
  readonly isEvicted: boolean;
  /** Where the page is now; null when there is none. */
  readonly tier: StorageTier | null;
  /**
   * Why it stays: it is not there or is pinned, there is no store, the store did not take it (see `cause`), its content is `lost`, or
   * something else happened to it meanwhile. Null when it left.
   */
  readonly refusal: 'unknown' | 'pinned' | 'no-storage' | 'not-stored' | 'lost' | 'changed' | null;
  readonly cause?: unknown;
}

type Refusal = NonNullable<EvictOutcome['refusal']>;

/** Takes pages out of the context, and out of the process once a store has them. */
export class PageEviction {
  readonly #core: ManagerCore;

  constructor(core: ManagerCore) {
    this.#core = core;
  }

  /** Takes a page to a tier below the context. Content leaves the process only when the store confirms that it has it. */
  async evict(pageId: string, tier: LowerTier, cause: string): Promise<EvictOutcome> {
    const entry = this.#core.state.table.lookup(pageId);
    if (entry === null) return this.#refused(pageId, 'unknown');
    if (entry.pin === 'explicit' || entry.pin === 'page') return this.#refused(pageId, 'pinned');
    if (tier === 'L3' || tier === 'L4') return this.#store(pageId, tier, cause);
    if ((await this.#core.contentOf(pageId)) === null) return this.#refused(pageId, 'lost');
    return this.#commit(pageId, { tier, cause, artifactId: null });
  }

  /** Takes all pages out of the context that are not pinned, in order, and returns their ids. */
  async evictSegment(tier: LowerTier): Promise<readonly string[]> {
    const ids = this.#core.state.table.idsOfTier('L0');
    const outcomes = await inTurns(ids, (id) => this.evict(id, tier, 'segment_closed'));
    return ids.filter((_, index) => outcomes[index]?.isEvicted === true);
  }

  /** Stores the pages that were used longest ago, when the process holds more than it may. */
  async spill(): Promise<readonly string[]> {
    const { state, settings } = this.#core;
    const excess = state.table.set.figures().pagesByTier.L2 - settings.config.maxL2Pages;
    if (settings.storage === null || excess <= 0) return [];
    const ids = state.table.oldest('L2', excess);
    const outcomes = await inTurns(ids, (id) => this.evict(id, 'L3', 'l2_full'));
    return ids.filter((_, index) => outcomes[index]?.isEvicted === true);
  }

  async #store(pageId: string, tier: StoredTier, cause: string): Promise<EvictOutcome> {
    const { settings, journal } = this.#core;
    if (settings.storage === null) return this.#refused(pageId, 'no-storage');
    const version = journal.versionOf(pageId);
    const stored = await this.#keepIn(tier, pageId);
    if ('refusal' in stored) return { ...this.#refused(pageId, stored.refusal), ...stored };
    // Loaded, pinned, folded, deleted meanwhile: then the page is where it is for a reason.
    if (journal.versionOf(pageId) !== version) return this.#refused(pageId, 'changed');
    return this.#commit(pageId, { tier, cause, artifactId: stored.artifactId });
  }

  /** Has the store keep a page; what it holds already is only moved. */
  async #keepIn(
    tier: StoredTier,
    pageId: string,
  ): Promise<
    { readonly artifactId: string } | { readonly refusal: Refusal; readonly cause?: unknown }
  > {
    const { state, settings } = this.#core;
    const { storage } = settings;
    const entry = state.table.lookup(pageId);
    if (storage === null || entry === null) return { refusal: 'unknown' };
    const { artifactId } = entry;
    try {
      const isStored = artifactId !== null && !entry.isDirty;
      if (isStored && (await storage.movePage({ artifactId, tier }))) return { artifactId };
      const content = state.contents.get(pageId);
      if (content === null) return { refusal: 'lost' };
      return await storage.storePage({ page: content.page, tier });
    } catch (error) {
      return { refusal: 'not-stored', cause: error };
    }
  }

  #commit(
    pageId: string,
    how: {
      readonly tier: LowerTier;
      readonly cause: string;
      readonly artifactId: string | null;
    },
  ): EvictOutcome {
    const { tier, cause, artifactId } = how;
    const { state, journal } = this.#core;
    if (!state.table.has(pageId)) return this.#refused(pageId, 'unknown');
    journal.change(pageId, { type: 'evict', cause }, () => {
      state.leave(pageId, tier);
      state.table.release(pageId, 'rule');
      if (artifactId === null) return;
      state.table.markStored(pageId, artifactId);
      this.#core.release(pageId);
    });
    // One more page beside the context may be one too many: the oldest of them goes on, which may be this one.
    if (tier === 'L1') this.#core.coolHot();
    const reached = state.table.lookup(pageId)?.tier ?? tier;
    return { isEvicted: true, tier: reached, refusal: null };
  }

  #refused(pageId: string, refusal: Refusal): EvictOutcome {
    const tier = this.#core.state.table.lookup(pageId)?.tier ?? null;
    return { isEvicted: false, tier, refusal };
  }
}
