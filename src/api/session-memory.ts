import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import type { MemoryChange } from '../domain/memory-change.ts';
import type { ParsedMemoryOptions } from '../domain/memory-options.ts';
import { MODALITIES, PAGE_LEVELS, PAGE_TYPES, STORAGE_TIERS } from '../domain/page.ts';
import type { Modality, PageLevel, PageType, StorageTier } from '../domain/page.ts';
import { FAULT_REASONS, type FaultReason, VM_MODES, type VmMode } from '../domain/paging-policy.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionState } from '../domain/session-state.ts';
import { RenderMemo } from '../memory/context/render-stretch.ts';
import { parseVmToolCall, type VmToolRequest } from '../memory/context/vm-tool-call.ts';
import {
  buildSearchResult,
  buildToolResult,
  type FaultOutcome,
  type FoundPage,
  toolResultText,
} from '../memory/context/vm-tool-result.ts';
import { vmToolError } from '../memory/context/vm-tool-error.ts';
import { type BuiltContext, buildContext } from '../memory/manager/context-builder.ts';
import { planFault } from '../memory/manager/page-fault.ts';
import type { ResidentMemory } from '../runtime/resident-memories.ts';
import { MemoryAccess } from './memory-access.ts';
import { type MemoryNote, parseNote, planNote } from './memory-notes.ts';
import { SessionMemoryHistory } from './memory-history.ts';
import { type SessionContext, toSessionContext } from './session-context.ts';
import { type MemoryPageView, viewOf, type SessionMemoryStats, statsOf } from './memory-view.ts';
import type { SessionHandle } from './session-handle.ts';
import { ToolMemoryContext } from './tool-memory.ts';

/** How a context is built. */
export interface ContextOptions {
  /** Tokens of everything that is sent: instructions, manifest, tools, messages. Default and most: as the session's memory says. */
  readonly maxTokens?: number | undefined;
  /** The model that will read it; default: that of the session. */
  readonly model?: string | undefined;
  /** For this context alone. */
  readonly mode?: VmMode | undefined;
  /** What is asked, where it is not the last message of the user; null when nobody asks. */
  readonly question?: string | null | undefined;
}

interface LatestContext {
  readonly memory: ResidentMemory['memory'];
  readonly key: string;
  readonly built: BuiltContext;
}

const modelSchema = z.string().min(1).max(200);
const contextSchema = z.strictObject({
  maxTokens: z.int().positive().optional(),
  model: modelSchema.optional(),
  mode: z.enum(VM_MODES).optional(),
  question: z.string().nullish(),
});
const faultSchema = z.strictObject({
  level: z.literal(PAGE_LEVELS).optional(),
  reason: z.enum(FAULT_REASONS).optional(),
});
/** What the session's own limit leaves out is not kept at hand for a larger one. */
function assertWithin(maxTokens: number | undefined, limit: number): void {
  if (maxTokens === undefined || maxTokens <= limit) return;
  const expected = `at most ${limit}, the maxTokens of the session's memory`;
  throw new InvalidInput({ field: 'options.maxTokens', expected });
}

const searchSchema = z.strictObject({
  limit: z.int().min(1).max(1_000).optional(),
  modality: z.enum(MODALITIES).optional(),
  pageType: z.enum(PAGE_TYPES).optional(),
  tier: z.enum(STORAGE_TIERS).optional(),
});
const pageIdSchema = z.string().min(1).max(200);
const querySchema = z.string().min(1);
const toolNameSchema = z.string().min(1).max(200);

/**
 * What a session remembers, and what of it a model sees. Messages become pages by themselves; {@link buildContext} keeps the
 * context under its limit, folds what is old and loads what a question needs. All of it is recorded in the session's log, so
 * every process sees the same memory.
 */
export class SessionMemory {
  readonly #handle: SessionHandle;
  readonly #access: MemoryAccess;
  /** What the memory was at other times. */
  readonly history: SessionMemoryHistory;
  readonly #memo: RenderMemo = new RenderMemo();
  /** The latest context that changed nothing. */
  #latest: LatestContext | null = null;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
    this.#access = new MemoryAccess(handle);
    this.history = new SessionMemoryHistory(handle, this.#access);
  }

  /**
   * The messages and tools to send to a model next, of at most `maxTokens` together. A limit below that of the session makes the
   * context smaller for everybody, until one for a larger limit is asked for.
   * @throws INVALID_INPUT, SESSION_NOT_FOUND, TOKEN_LIMIT_EXCEEDED when instructions and question alone are too long.
   */
  async buildContext(options: ContextOptions = {}): Promise<SessionContext> {
    const given = parseInput(contextSchema, options, 'options');
    assertWithin(given.maxTokens, this.#options.maxTokens);
    const model = given.model ?? this.#handle.model;
    const { result, position } = await this.#access.change(model, async (resident, state) => {
      const built = await this.#build(resident, state, { ...given, model });
      return { result: built, changes: built.changes };
    });
    const maxTokens = given.maxTokens ?? this.#options.maxTokens;
    return toSessionContext(result.rendered, { maxTokens, changePosition: position });
  }

  /**
   * Carries out a call of one of the memory's tools and gives the text of its result. Never throws for what the model did wrong:
   * the text says it. The call need not be recorded; what it loaded is part of the context from now on.
   */
  async callTool(request: VmToolRequest): Promise<string> {
    const call = parseVmToolCall(request);
    if (call.kind === 'error') return toolResultText(call.error);
    if (this.#options.paging === 'runtime') {
      return toolResultText(
        vmToolError('PAGING_DISABLED', 'Pages are loaded by the service alone'),
      );
    }
    if (call.kind === 'search_pages') {
      const { query, limit, modality, pageType } = call;
      const filter = { modality: modality ?? undefined, pageType: pageType ?? undefined };
      const found = await this.#search(query, { limit, ...filter });
      return toolResultText(buildSearchResult(found.pages, found.total));
    }
    const { pageId, targetLevel, reason } = call;
    const asked = { pageId, level: targetLevel, reason, actor: 'model' } as const;
    return toolResultText(buildToolResult(await this.#fault(asked)));
  }

  /** Loads a page into the context for the caller; no limit of the model's applies. */
  async fault(
    pageId: string,
    options: {
      readonly level?: PageLevel | undefined;
      readonly reason?: FaultReason | undefined;
    } = {},
  ): Promise<FaultOutcome> {
    const { level = 0, reason = 'resolve_reference' } = parseInput(faultSchema, options, 'options');
    return this.#fault({
      pageId: parseInput(pageIdSchema, pageId, 'pageId'),
      level,
      reason,
      actor: 'user',
    });
  }

  /** Pages that match any word of a query, best first, in the context or not. */
  async search(
    query: string,
    options: {
      readonly limit?: number | undefined;
      readonly modality?: Modality | undefined;
      readonly pageType?: PageType | undefined;
      readonly tier?: StorageTier | undefined;
    } = {},
  ): Promise<readonly FoundPage[]> {
    const text = parseInput(querySchema, query, 'query');
    return (await this.#search(text, parseInput(searchSchema, options, 'options'))).pages;
  }

  /**
   * Keeps a page in every context until it is unpinned; all pins together get half of the room, those that were set first before
   * later ones.
   * @throws INVALID_INPUT when there is no such page.
   */
  async pin(pageId: string): Promise<void> {
    await this.#setPinned(pageId, true);
  }

  /** Lets a page leave again. @throws INVALID_INPUT when there is no such page. */
  async unpin(pageId: string): Promise<void> {
    await this.#setPinned(pageId, false);
  }

  /** Writes a page into the memory and gives its id. @throws INVALID_INPUT, EVENT_TOO_LARGE */
  async write(note: MemoryNote): Promise<string> {
    return this.#write(note, null);
  }

  /** The memory in the hands of a tool: what it writes names the tool, and what it does can be told. */
  forTool(toolName: string): ToolMemoryContext {
    return new ToolMemoryContext(parseInput(toolNameSchema, toolName, 'toolName'), {
      read: (pageId) => this.fault(pageId),
      search: (query, options) => this.search(query, options),
      write: (note, name) => this.#write(note, name),
    });
  }

  /** All pages in the order of the conversation. */
  async pages(): Promise<readonly MemoryPageView[]> {
    return this.#access.read(({ memory: { state } }) =>
      [...state.table.ids()].flatMap((id) => viewOf(state, id) ?? []),
    );
  }

  /** What the memory holds. */
  async stats(): Promise<SessionMemoryStats> {
    return this.#access.read(({ memory: { state } }) => statsOf(state));
  }

  get #options(): ParsedMemoryOptions {
    return this.#handle.options.memory;
  }

  async #build(
    { memory, composer }: ResidentMemory,
    state: SessionState,
    given: { readonly model: string } & ContextOptions,
  ): Promise<BuiltContext> {
    const { mode, maxTokens, faults } = this.#options;
    const used = memory.state.faults;
    const key = JSON.stringify([memory.position, used.failures, state.systemPrompt, given]);
    // The same log and the same wish: the same context, whatever the time.
    if (this.#latest?.key === key && this.#latest.memory === memory) return this.#latest.built;
    const built = await buildContext(memory.state, composer, {
      sessionId: state.sessionId,
      position: memory.position,
      model: given.model,
      mode: given.mode ?? mode,
      systemPrompt: state.systemPrompt,
      maxTokens: given.maxTokens ?? maxTokens,
      policy: faults,
      question: given.question,
      nowMs: this.#handle.runtime.clock.nowMs(),
      counter: this.#handle.runtime.counter,
      memo: this.#memo,
    });
    this.#latest = built.changes.length === 0 ? { memory, key, built } : null;
    return built;
  }

  async #fault(asked: {
    readonly pageId: string;
    readonly level: PageLevel;
    readonly reason: FaultReason;
    readonly actor: 'model' | 'user';
  }): Promise<FaultOutcome> {
    const { faults: policy } = this.#options;
    const { result } = await this.#access.change(this.#handle.model, async ({ memory }) => {
      const { outcome, change } = await planFault(memory.state, { ...asked, policy });
      return { result: outcome, changes: change === null ? [] : [change] };
    });
    return result;
  }

  async #write(note: MemoryNote, toolName: string | null): Promise<string> {
    const parsed = parseNote(note);
    const { result } = await this.#access.change(this.#handle.model, ({ memory }) => {
      const { state, revision } = memory;
      const nowMs = this.#handle.runtime.clock.nowMs();
      const { pageId, changes } = planNote(state, parsed, { toolName, nowMs, revision });
      return Promise.resolve({ result: pageId, changes });
    });
    return result;
  }

  async #setPinned(pageId: string, isPinned: boolean): Promise<void> {
    const id = parseInput(pageIdSchema, pageId, 'pageId');
    await this.#access.change(this.#handle.model, ({ memory: { state } }) => {
      const entry = state.table.lookup(id);
      if (entry === null) throw noSuchPage();
      const isSame = (entry.pin === 'explicit') === isPinned;
      const changes: readonly MemoryChange[] = isSame
        ? []
        : [{ kind: 'pinned', pageId: id, isPinned }];
      return Promise.resolve({ result: undefined, changes });
    });
  }

  async #search(
    query: string,
    options: {
      readonly limit?: number | undefined;
      readonly modality?: Modality | undefined;
      readonly pageType?: PageType | undefined;
      readonly tier?: StorageTier | undefined;
    },
  ): Promise<{ readonly pages: readonly FoundPage[]; readonly total: number }> {
    const { limit, modality, pageType, tier } = options;
    const filter = {
      modalities: modality === undefined ? undefined : [modality],
      types: pageType === undefined ? undefined : [pageType],
      tiers: tier === undefined ? undefined : [tier],
    };
    return this.#access.read(({ memory: { state } }) => {
      const hits = state.index.search(query, { limit: limit ?? 5, filter });
      const pages = hits.flatMap(({ page, relevance }): readonly FoundPage[] => {
        const entry = state.table.lookup(page.id);
        if (entry === null) return [];
        const { card, tier: now } = entry;
        const levels = [...PAGE_LEVELS];
        return [
          {
            pageId: page.id,
            modality: card.modality,
            tier: now,
            levels,
            hint: card.hint,
            relevance,
          },
        ];
      });
      return { pages, total: pages.length };
    });
  }
}

function noSuchPage(): InvalidInput {
  return new InvalidInput({ field: 'pageId', expected: 'the id of a page of this session' });
}
