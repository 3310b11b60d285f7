import type { FaultOutcome, FoundPage } from '../memory/context/vm-tool-result.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';
import { MAX_PROVENANCE, type MemoryNote } from './memory-notes.ts';
import type { MemorySearchOptions } from './memory-search.ts';
import type { WaitOptions } from './wait.ts';

/** What a tool may do with the memory of a session. */
export interface ToolMemoryAccess {
  read(pageId: string, wait: WaitOptions): Promise<FaultOutcome>;
  search(query: string, options: MemorySearchOptions): Promise<readonly FoundPage[]>;
  write(
    note: MemoryNote,
    by: { readonly toolName: string; readonly wait: WaitOptions },
  ): Promise<string>;
}

/** What a tool did with a memory, to be told beside its result. */
export interface ToolMemoryReport {
  readonly toolName: string;
  readonly pagesRead: readonly string[];
  readonly pagesCreated: readonly string[];
  readonly pagesModified: readonly string[];
}

/** The memory of a session in the hands of one tool: what it writes names it, and what it does is noted. */
export class ToolMemoryContext {
  readonly toolName: string;
  readonly #memory: ToolMemoryAccess;
  readonly #read = new Set<string>();
  readonly #created = new Set<string>();
  readonly #modified = new Set<string>();

  constructor(toolName: string, memory: ToolMemoryAccess) {
    this.toolName = toolName;
    this.#memory = memory;
  }

  /** All of a page, also of one that the context shows already. It is part of the context from now on. */
  async getPage(pageId: string, options: WaitOptions = {}): Promise<FaultOutcome> {
    const outcome = await this.#memory.read(pageId, options);
    if (outcome.kind === 'failed') return outcome;
    // Again at the end: what was read last counts most.
    this.#read.delete(pageId);
    this.#read.add(pageId);
    return outcome;
  }

  /** Pages that match any word of a query, best first. */
  async searchPages(
    query: string,
    options: Pick<MemorySearchOptions, 'limit' | keyof WaitOptions> = {},
  ): Promise<readonly FoundPage[]> {
    return this.#memory.search(query, options);
  }

  /**
   * Writes a page and gives its id; what the tool read before, the latest pages of it, counts as what it was made from, unless
   * the note says.
   */
  async createPage(note: Omit<MemoryNote, 'pageId'>, options: WaitOptions = {}): Promise<string> {
    const provenance = note.provenance ?? [...this.#read].slice(-MAX_PROVENANCE);
    const pageId = await this.#memory.write(
      { ...note, provenance },
      { toolName: this.toolName, wait: options },
    );
    this.#created.add(pageId);
    return pageId;
  }

  /** Writes a page anew that was written as a note before. @throws INVALID_INPUT for any other page */
  async updatePage(
    pageId: string,
    note: Omit<MemoryNote, 'pageId' | 'idempotencyKey'>,
    options: WaitOptions = {},
  ): Promise<void> {
    await this.#memory.write({ ...note, pageId }, { toolName: this.toolName, wait: options });
    if (!this.#created.has(pageId)) this.#modified.add(pageId);
  }

  /** What the tool did so far. */
  report(): ToolMemoryReport {
    return {
      toolName: this.toolName,
      pagesRead: [...this.#read],
      pagesCreated: [...this.#created],
      pagesModified: [...this.#modified],
    };
  }
}

/** What a fault gave, with all of the page where the context shows it already. */
export async function withContent(
  state: MemoryState,
  outcome: FaultOutcome,
): Promise<FaultOutcome> {
  if (outcome.kind !== 'already_mapped') return outcome;
  const { pageId, level } = outcome;
  await state.pages.ensure([pageId]);
  const content = state.contents.get(pageId);
  if (content === null) return outcome;
  const { page, text } = content;
  const place = { tier: 'L0', sourceTier: 'L0', isPromoted: false } as const;
  const cost = { tokens: 0, evictions: [], latencyMs: null };
  return { kind: 'loaded', page, level, text, ...place, ...cost };
}
