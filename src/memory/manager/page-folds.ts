import type { PageRepresentation } from '../../domain/page-mutation.ts';
import { toText } from '../../domain/json.ts';
import type { CompressionResult } from '../folding/compression-result.ts';
import type { CompressorRegistry } from '../folding/compressor-registry.ts';
import { FOLD_LEVELS, type FoldLevel } from '../folding/level-limits.ts';
import type { MemoryState } from './memory-state.ts';

/** A shorter form of a page that is laid beside it. */
export interface PageFold {
  readonly representation: PageRepresentation;
  /** With its line. */
  readonly tokens: number;
}

/**
 * The shorter forms of pages, each made of the whole page and never of another form. They are made side by side and without
 * holding anything up; what a page became meanwhile decides whether a form is kept.
 */
export class PageFolds {
  readonly #state: MemoryState;
  readonly #registry: CompressorRegistry;
  readonly #folds = new Map<string, Map<FoldLevel, PageFold>>();
  /** Pages that no level makes shorter. */
  readonly #short = new Set<string>();
  readonly #running = new Map<string, Promise<CompressionResult>>();

  constructor(state: MemoryState, registry: CompressorRegistry) {
    this.#state = state;
    this.#registry = registry;
  }

  /** The form at a level that was made before; null when there is none. */
  at(pageId: string, level: FoldLevel): PageFold | null {
    return this.#folds.get(pageId)?.get(level) ?? null;
  }

  /** The levels that a page can be given at: 0, and those of its forms. */
  levelsOf(pageId: string): readonly FoldLevel[] {
    return FOLD_LEVELS.filter((level) => this.at(pageId, level) !== null);
  }

  /** Whether it is known that no level makes a page shorter. */
  isShort(pageId: string): boolean {
    return this.#short.has(pageId);
  }

  /** The form at a level, or at the next one that is shorter; null when none is. The content has to be here. */
  async make(pageId: string, level: FoldLevel): Promise<PageFold | null> {
    const known = this.at(pageId, level);
    if (known !== null) return known;
    if (this.#short.has(pageId)) return null;
    const result = await this.compress(pageId, level);
    if (result === null || result.kind === 'kept') return null;
    return this.at(pageId, result.levelAfter);
  }

  /** Folds a page and keeps the form; null when its content is not here. */
  async compress(pageId: string, level: FoldLevel): Promise<CompressionResult | null> {
    const content = this.#state.contents.get(pageId);
    if (content === null) return null;
    const key = JSON.stringify([pageId, level]);
    const running = this.#running.get(key) ?? this.#start(key, pageId, level);
    const result = await running;
    // What was deleted or rewritten meanwhile has no use for it.
    if (this.#state.contents.get(pageId)?.page !== content.page) return result;
    this.#keep(result);
    return result;
  }

  /** Forgets the forms of a page, which can be made again. */
  forget(pageId: string): void {
    this.#folds.delete(pageId);
    this.#short.delete(pageId);
  }

  #start(key: string, pageId: string, level: FoldLevel): Promise<CompressionResult> {
    const page = this.#state.contents.get(pageId)?.page;
    const whole = this.#state.table.lookup(pageId)?.levelTokens[0] ?? null;
    const asked = { ...page, pageId, level: 0 as const, tokens: whole };
    const { pageType = 'transcript', modality = 'text', content = null } = page ?? {};
    const running = this.#registry
      .compressPage({ ...asked, pageType, modality, content }, { level })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  #keep(result: CompressionResult): void {
    const { pageId } = result;
    if (result.kind === 'kept') {
      if (result.reason === 'nothing-to-save') this.#short.add(pageId);
      return;
    }
    const text = toText(result.content);
    const tokens = this.#state.pages.wholeTokens(text);
    const whole = this.#state.table.lookup(pageId)?.levelTokens[0] ?? 0;
    if (tokens >= whole) return;
    const representation = { level: result.levelAfter, text, maxTokens: null, focus: null };
    const folds = this.#folds.get(pageId) ?? new Map<FoldLevel, PageFold>();
    folds.set(result.levelAfter, { representation, tokens });
    this.#folds.set(pageId, folds);
  }
}
