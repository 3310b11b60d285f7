import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import type { MemoryChange } from '../domain/memory-change.ts';
import type { ParsedMemoryOptions } from '../domain/memory-options.ts';
import { PAGE_LEVELS, type PageLevel } from '../domain/page.ts';
import { FAULT_REASONS, type FaultReason, VM_MODES, type VmMode } from '../domain/paging-policy.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionState } from '../domain/session-state.ts';
import {
  parseVmToolCall,
  type ProviderToolCall,
  type VmToolRequest,
} from '../memory/context/vm-tool-call.ts';
import {
  buildSearchResult,
  buildToolResult,
  type FaultOutcome,
  type FoundPage,
  toolResultText,
} from '../memory/context/vm-tool-result.ts';
import { vmToolError } from '../memory/context/vm-tool-error.ts';
import { type BuiltContext, buildContext } from '../memory/manager/context-builder.ts';
import type { LogMemory } from '../memory/manager/log-memory.ts';
import { namingLeastLimit } from '../memory/manager/least-limit.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';
import { newestQuestionId } from '../memory/manager/open-question.ts';
import { planFault } from '../memory/manager/page-fault.ts';
import type { ResidentMemory } from '../runtime/resident-memories.ts';
import { MemoryAccess } from './memory-access.ts';
import { effectOf } from './memory-fault.ts';
import { type MemoryNote, parseNote, planNote } from './memory-notes.ts';
import { SessionMemoryHistory } from './memory-history.ts';
import {
  findPages,
  type FoundPages,
  type MemorySearchOptions,
  parseSearchOptions,
} from './memory-search.ts';
import { type SessionContext, toSessionContext } from './session-context.ts';
import { type MemoryPageView, viewOf, type SessionMemoryStats, statsOf } from './memory-view.ts';
import { SessionArchive } from './session-archive.ts';
import type { SessionHandle } from './session-handle.ts';
import { ToolMemoryContext, withContent } from './tool-memory.ts';
import { withReason } from './unreachable-content.ts';
import { parseWait, waitFields, type WaitOptions } from './wait.ts';

/** How a context is built. */
export interface ContextOptions extends WaitOptions {
  /** Tokens of everything that is sent: instructions, manifest, tools, messages. Default and most: as the session's memory says. */
  readonly maxTokens?: number | undefined;
  /** The model that will read it; default: that of the session. */
  readonly model?: string | undefined;
  /** For this context alone. */
  readonly mode?: VmMode | undefined;
  /** What is asked, where it is not the last message of the user; null when nobody asks. */
  readonly question?: string | null | undefined;
}

/** How a page is loaded. */
export interface MemoryFaultOptions extends WaitOptions {
  /** Default 0, all of it. */
  readonly level?: PageLevel | undefined;
  /** Default `resolve_reference`. */
  readonly reason?: FaultReason | undefined;
}

/** The latest context of a memory, where it changed nothing, and what it was built for. */
interface LatestContext {
  readonly key: string;
  readonly built: BuiltContext;
}

/** A page to be loaded, and for whom. */
interface PageWish {
  readonly pageId: string;
  readonly level: PageLevel;
  readonly reason: FaultReason;
  readonly actor: 'model' | 'user';
}

const modelSchema = z.string().min(1).max(200);
const contextSchema = z.strictObject({
  maxTokens: z.int().positive().optional(),
  model: modelSchema.optional(),
  mode: z.enum(VM_MODES).optional(),
  question: z.string().nullish(),
  ...waitFields,
});
const faultSchema = z.strictObject({
  level: z.literal(PAGE_LEVELS).optional(),
  reason: z.enum(FAULT_REASONS).optional(),
  ...waitFields,
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
  /** Content that was too large for records. */
  readonly archive: SessionArchive;
  /** Of each memory that is in the process, so that it goes with the memory. */
  readonly #latest = new WeakMap<LogMemory, LatestContext>();

  constructor(handle: SessionHandle) {
    this.#handle = handle;
    this.#access = new MemoryAccess(handle);
    this.history = new SessionMemoryHistory(handle, this.#access);
    this.archive = new SessionArchive(handle);
  }

  /**
   * The messages and tools to send to a model next, of at most `maxTokens` together. A limit below that of the session makes the
   * context smaller for everybody, until one for a larger limit is asked for.
   * @throws INVALID_INPUT, SESSION_NOT_FOUND, TOKEN_LIMIT_EXCEEDED when instructions and question alone are too long.
   */
  async buildContext(options: ContextOptions = {}): Promise<SessionContext> {
    const { signal, timeoutMs, ...given } = parseInput(contextSchema, options, 'options');
    assertWithin(given.maxTokens, this.#options.maxTokens);
    const model = given.model ?? this.#handle.model;
    const { result, position } = await this.#access.change(
      model,
      async (resident, state) => {
        const built = await this.#build(resident, state, { ...given, model });
        return { result: built, changes: built.changes };
      },
      { signal, timeoutMs },
    );
    const maxTokens = given.maxTokens ?? this.#options.maxTokens;
    return toSessionContext(result.rendered, { maxTokens, changePosition: position });
  }

  /**
   * Carries out a call of one of the memory's tools and gives the text of its result. Never throws for what the model did wrong:
   * the text says it, with one of {@link VM_TOOL_ERROR_CODES}. Takes a call as OpenAI or Anthropic give it, too: `page_fault` with
   * `page_id`, `target_level` and `reason`, or `search_pages` with `query`, `limit`, `modality` and `page_type`. What it loads
   * stays in the context until the turn is over, in up to a third of the room; so does a page that is there already, which is told
   * so, without its content.
   */
  async callTool(
    request: VmToolRequest | ProviderToolCall,
    options: WaitOptions = {},
  ): Promise<string> {
    const wait = parseWait(options);
    this.#handle.runtime.assertOpen();
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
      // The model has the question before it that it looks something up for.
      const found = await this.#search(query, { limit, ...filter, ...wait }, newestQuestionId);
      return toolResultText(buildSearchResult(found.pages, found.total));
    }
    const { pageId, targetLevel, reason } = call;
    const asked = { pageId, level: targetLevel, reason, actor: 'model' } as const;
    return toolResultText(buildToolResult(await this.#fault(asked, wait)));
  }

  /** Loads a page into the context for the caller; no limit of the model's applies. */
  async fault(pageId: string, options: MemoryFaultOptions = {}): Promise<FaultOutcome> {
    const given = parseInput(faultSchema, options, 'options');
    const { level = 0, reason = 'resolve_reference', ...wait } = given;
    const id = parseInput(pageIdSchema, pageId, 'pageId');
    return this.#fault({ pageId: id, level, reason, actor: 'user' }, wait);
  }

  /** Pages that match any word of a query, best first, in the context or not. */
  async search(query: string, options: MemorySearchOptions = {}): Promise<readonly FoundPage[]> {
    const text = parseInput(querySchema, query, 'query');
    return (await this.#search(text, parseSearchOptions(options))).pages;
  }

  /**
   * Keeps a page in every context until it is unpinned; all pins together get half of the room, those that were set first before
   * later ones. May be repeated: a page is pinned once.
   * @throws INVALID_INPUT when there is no such page.
   */
  async pin(pageId: string, options: WaitOptions = {}): Promise<void> {
    await this.#setPinned(pageId, true, parseWait(options));
  }

  /**
   * Lets a page leave again, also one that was kept by what it is, as a decision or a summary. May be repeated.
   * @throws INVALID_INPUT when there is no such page.
   */
  async unpin(pageId: string, options: WaitOptions = {}): Promise<void> {
    await this.#setPinned(pageId, false, parseWait(options));
  }

  /**
   * Writes a page into the memory and gives its id. With an `idempotencyKey` it may be repeated, and writes one page.
   * @throws INVALID_INPUT, EVENT_TOO_LARGE, IDEMPOTENCY_KEY_REUSED, SESSION_NOT_FOUND before the first message.
   */
  async write(note: MemoryNote, options: WaitOptions = {}): Promise<string> {
    return this.#write(note, null, parseWait(options));
  }

  /** The memory in the hands of a tool: what it writes names the tool, and what it does can be told. */
  forTool(toolName: string): ToolMemoryContext {
    return new ToolMemoryContext(parseInput(toolNameSchema, toolName, 'toolName'), {
      read: (pageId, wait) => this.#read(pageId, parseWait(wait)),
      search: (query, options) => this.search(query, options),
      write: (note, { toolName: name, wait }) => this.#write(note, name, parseWait(wait)),
    });
  }

  /** All pages in the order of the conversation. */
  async pages(options: WaitOptions = {}): Promise<readonly MemoryPageView[]> {
    return this.#access.read(
      ({ memory: { state } }) => [...state.table.ids()].flatMap((id) => viewOf(state, id) ?? []),
      parseWait(options),
    );
  }

  /** What the memory holds. */
  async stats(options: WaitOptions = {}): Promise<SessionMemoryStats> {
    return this.#access.read(({ memory: { state } }) => statsOf(state), parseWait(options));
  }

  get #options(): ParsedMemoryOptions {
    return this.#handle.options.memory;
  }

  async #build(
    { memory, composer }: ResidentMemory,
    state: SessionState,
    given: { readonly model: string } & ContextOptions,
  ): Promise<BuiltContext> {
    const { mode, maxTokens, faults, paging } = this.#options;
    // Where the service alone loads pages, a model is told nothing of them.
    const told = paging === 'runtime' ? 'passive' : (given.mode ?? mode);
    // A call before this one may have brought the memory further than the session was when this one looked.
    const isFurther = memory.position > state.version;
    const systemPrompt = isFurther ? memory.systemPrompt : state.systemPrompt;
    const key = JSON.stringify([memory.position, systemPrompt, given]);
    // The same log and the same wish: the same context, whatever the time.
    const latest = this.#latest.get(memory);
    if (latest?.key === key) return latest.built;
    const request = {
      sessionId: state.sessionId,
      position: memory.position,
      model: given.model,
      mode: told,
      systemPrompt,
      policy: faults,
      question: given.question,
      nowMs: this.#handle.runtime.clock.nowMs(),
      counter: this.#handle.runtime.counter,
      memo: memory.contexts,
    };
    const built = await namingLeastLimit(given.maxTokens ?? maxTokens, async (limit) =>
      buildContext(memory.state, composer, { ...request, maxTokens: limit }),
    );
    if (built.changes.length === 0) this.#latest.set(memory, { key, built });
    else this.#latest.delete(memory);
    return built;
  }

  async #fault(asked: PageWish, wait: WaitOptions): Promise<FaultOutcome> {
    return this.#load(asked, { wait, tell: (_, outcome) => Promise.resolve(outcome) });
  }

  /** All of a page for a tool, which cannot see what the context shows. */
  async #read(pageId: string, wait: WaitOptions): Promise<FaultOutcome> {
    const id = parseInput(pageIdSchema, pageId, 'pageId');
    const whole = { level: 0, reason: 'resolve_reference', actor: 'user' } as const;
    return this.#load({ pageId: id, ...whole }, { wait, tell: withContent });
  }

  async #load(
    asked: PageWish,
    {
      wait,
      tell,
    }: {
      readonly wait: WaitOptions;
      readonly tell: (state: MemoryState, outcome: FaultOutcome) => Promise<FaultOutcome>;
    },
  ): Promise<FaultOutcome> {
    const { faults: policy, maxTokens: maxContextTokens } = this.#options;
    const { result } = await this.#access.change(
      this.#handle.model,
      async ({ memory }) => {
        const { state } = memory;
        const { outcome, change } = await planFault(state, {
          ...asked,
          policy,
          maxContextTokens,
        });
        if (change === null) {
          const told = await tell(state, outcome);
          return { result: withReason(told, memory, this.#handle), changes: [] };
        }
        return {
          result: outcome,
          changes: [change],
          watch: (after) => effectOf(after.state, outcome),
        };
      },
      wait,
    );
    return result;
  }

  async #write(note: MemoryNote, toolName: string | null, wait: WaitOptions): Promise<string> {
    const parsed = parseNote(note);
    const { result } = await this.#access.change(
      this.#handle.model,
      async ({ memory }) => {
        const { state, revision } = memory;
        const nowMs = this.#handle.runtime.clock.nowMs();
        const { pageId, changes } = await planNote(state, parsed, { toolName, nowMs, revision });
        return { result: pageId, changes };
      },
      wait,
    );
    return result;
  }

  async #setPinned(pageId: string, isPinned: boolean, wait: WaitOptions): Promise<void> {
    const id = parseInput(pageIdSchema, pageId, 'pageId');
    await this.#access.change(
      this.#handle.model,
      ({ memory: { state } }) => {
        const entry = state.table.lookup(id);
        if (entry === null) throw noSuchPage();
        const isSame = entry.pin === (isPinned ? 'explicit' : 'none');
        const changes: readonly MemoryChange[] = isSame
          ? []
          : [{ kind: 'pinned', pageId: id, isPinned }];
        return Promise.resolve({ result: undefined, changes });
      },
      wait,
    );
  }

  async #search(
    query: string,
    { signal, timeoutMs, ...filter }: MemorySearchOptions,
    exceptOf: (state: MemoryState) => string | null = () => null,
  ): Promise<FoundPages> {
    return this.#access.read(
      ({ memory: { state } }) => findPages(state, query, { ...filter, except: exceptOf(state) }),
      { signal, timeoutMs },
    );
  }
}

/** What the session's own limit leaves out is not kept at hand for a larger one. */
function assertWithin(maxTokens: number | undefined, limit: number): void {
  if (maxTokens === undefined || maxTokens <= limit) return;
  const expected = `at most ${limit}, the maxTokens of the session's memory`;
  throw new InvalidInput({ field: 'options.maxTokens', expected });
}

function noSuchPage(): InvalidInput {
  return new InvalidInput({ field: 'pageId', expected: 'the id of a page of this session' });
}
