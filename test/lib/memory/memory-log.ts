import type { LogEvent } from '../../../src/domain/log-event.ts';
import type { MemoryChange } from '../../../src/domain/memory-change.ts';
import { parseMemoryOptions } from '../../../src/domain/memory-options.ts';
import type { MemoryOptions } from '../../../src/domain/memory-options.ts';
import type { HistoryEntry } from '../../../src/domain/recorded-event.ts';
import type { SegmentSummary } from '../../../src/domain/segment.ts';
import type { SessionEvent } from '../../../src/domain/session-event.ts';
import { countShown, shownOf } from '../../../src/domain/shown-event.ts';
import { createJsKernel } from '../../../src/kernel/js-kernel.ts';
import {
  type EvictionWeights,
  IMPORTANCE_WEIGHTED_LRU,
} from '../../../src/kernel/working-set/eviction-policy.ts';
import {
  type BuildRequest,
  buildContext,
  type BuiltContext,
} from '../../../src/memory/manager/context-builder.ts';
import { DEFAULT_COMPOSER_SETTINGS } from '../../../src/memory/manager/composer-settings.ts';
import { ContextComposer } from '../../../src/memory/manager/context-composer.ts';
import { ContextMemo } from '../../../src/memory/manager/context-memo.ts';
import { outlinePage } from '../../../src/memory/search/page-outline.ts';
import { LogMemory } from '../../../src/memory/manager/log-memory.ts';
import { MemoryState } from '../../../src/memory/manager/memory-state.ts';
import type { PageContent } from '../../../src/memory/manager/page-contents.ts';
import { recordedPages } from '../../../src/memory/manager/recorded-page.ts';
import { DemandPager } from '../../../src/memory/paging/demand-pager.ts';
import { TYPE_BONUS } from '../../../src/memory/table/page-entry.ts';
import { createTokenCounter, type TokenCounter } from '../../../src/tokens/token-counter.ts';

/** Counts the tokens of all memories of tests; estimates, since loading a vocabulary takes time. */
export const counter: TokenCounter = createTokenCounter({ mode: 'estimate' });
export const MODEL: string = 'gpt-4o';

/** As sessions have it: what is known to those alone who were there decides nothing. */
const SESSION_POLICY: EvictionWeights = {
  ...IMPORTANCE_WEIGHTED_LRU,
  typeBonus: TYPE_BONUS,
  penaltyTurns: { fault: 0, evict: 0 },
  hardTurns: { fault: 0, evict: 0 },
};

/** What is said of an event; the rest has a default. */
export type SaidEvent = Pick<SessionEvent, 'message' | 'source' | 'type'> &
  Partial<Pick<SessionEvent, 'metadata'>>;

/** A memory with what composes its contexts. */
export interface OpenMemory {
  readonly memory: LogMemory;
  readonly composer: ContextComposer;
}

/** A log of a session in which a memory lives, without a runtime around it. */
export class MemoryLog {
  readonly entries: HistoryEntry[] = [];
  readonly options: MemoryOptions;
  #segment = 0;

  constructor(options: MemoryOptions = {}) {
    this.options = options;
  }

  get position(): number {
    return this.entries.length;
  }

  record(said: SaidEvent): number {
    const shown = shownOf(said);
    const count = (content: unknown): number => counter.count(content, MODEL).tokens;
    const contentTokens = shown === null ? 0 : countShown(shown, count).content;
    const atMs = this.#nextMs();
    const event: SessionEvent = {
      id: `e${this.position + 1}`,
      timestampMs: atMs,
      metadata: {},
      parentEventId: null,
      taskId: null,
      tokenUsage: null,
      billing: null,
      contentTokens,
      ...said,
    };
    return this.append({ type: 'event-recorded', atMs, event, idempotencyKey: null });
  }

  user(text: string): number {
    return this.record({ message: text, source: 'user', type: 'message' });
  }

  answer(text: string): number {
    return this.record({ message: text, source: 'llm', type: 'message' });
  }

  tool(name: string, result: string): number {
    const message = { tool: name, arguments: { q: 1 }, result };
    return this.record({ message, source: 'system', type: 'tool_call' });
  }

  change(...changes: readonly MemoryChange[]): number {
    return this.append({ type: 'memory-changed', atMs: this.#nextMs(), changes });
  }

  closeSegment(text: string): number {
    this.#segment += 1;
    const summary = aSummary(text);
    const atMs = this.#nextMs();
    return this.append({
      type: 'segment-closed',
      atMs,
      segment: this.#segment,
      summary,
      carryTokens: 0,
    });
  }

  improveSummary(segment: number, text: string): number {
    const summary = aSummary(text);
    return this.append({ type: 'summary-applied', atMs: this.#nextMs(), segment, summary });
  }

  append(event: LogEvent): number {
    this.entries.push({ position: this.position + 1, event });
    return this.position;
  }

  /** A memory that has taken in nothing yet. */
  open(): OpenMemory {
    const parsed = parseMemoryOptions(this.options, 'memory');
    const state: MemoryState = new MemoryState({
      kernel: createJsKernel(),
      countTokens: (text) => counter.countText(text, MODEL),
      outline: (text) => outlinePage(text, (each) => counter.countText(each, MODEL)),
      load: (pageIds) => Promise.resolve(this.contents(pageIds, memory)),
      policy: SESSION_POLICY,
      maxContextTokens: 2 * parsed.maxTokens + 16_384,
      maxHotPages: parsed.maxHotPages,
      maxContentBytes: parsed.maxContentBytes,
      homeOf: (pageId) => memory.homeOf(pageId),
      keptTurns: parsed.keptTurns,
    });
    const { paging, keptTurns, targetUtilization, detectRecall } = parsed;
    const settings = { ...DEFAULT_COMPOSER_SETTINGS, paging, keptTurns, targetUtilization };
    const pager = new DemandPager(detectRecall === null ? {} : { detectRecall });
    const memory: LogMemory = new LogMemory(state, { findsClaims: parsed.claims });
    return { memory, composer: new ContextComposer(state, settings, pager) };
  }

  /** Brings a memory up to the end of the log, in pieces of this size. */
  async follow({ memory }: OpenMemory, pieceSize: number = Infinity): Promise<void> {
    const missing = this.entries.slice(memory.position);
    for (let at = 0; at < missing.length; at += pieceSize) {
      // In order: it is a log.
      await memory.absorb(missing.slice(at, at + pieceSize));
      await memory.settle();
      if (pieceSize === Infinity) return;
    }
  }

  /** Builds a context of which nothing is recorded. */
  async preview(open: OpenMemory, given: Partial<BuildRequest> = {}): Promise<BuiltContext> {
    await this.follow(open);
    return buildContext(open.memory.state, open.composer, this.#request(open, given));
  }

  /** Builds a context and records what it changed. */
  async build(open: OpenMemory, given: Partial<BuildRequest> = {}): Promise<BuiltContext> {
    const built = await this.preview(open, given);
    if (built.changes.length > 0) {
      this.change(...built.changes);
      await this.follow(open);
    }
    return built;
  }

  contents(pageIds: readonly string[], memory: LogMemory): ReadonlyMap<string, PageContent> {
    const found = pageIds.flatMap((id): readonly PageContent[] => {
      const entry = this.entries[(memory.recordOf(id) ?? 0) - 1];
      const pages = entry === undefined ? [] : recordedPages(entry);
      return pages.filter(({ page }) => page.pageId === id).slice(-1);
    });
    return new Map(found.map((content) => [content.page.pageId, content]));
  }

  #request({ memory }: OpenMemory, given: Partial<BuildRequest>): BuildRequest {
    const { maxTokens, mode, faults: policy } = parseMemoryOptions(this.options, 'memory');
    return {
      sessionId: 's',
      position: memory.position,
      model: MODEL,
      mode,
      systemPrompt: 'You are helpful.',
      maxTokens,
      policy,
      nowMs: this.#nextMs(),
      counter,
      memo: new ContextMemo(),
      ...given,
    };
  }

  #nextMs(): number {
    return 1_700_000_000_000 + this.position * 1_000;
  }
}

function aSummary(text: string): SegmentSummary {
  return { text, origin: 'extractive', tokens: counter.countText(text, MODEL), revision: 0 };
}

/** All that readers of a log have to agree on. */
export function snapshotOf({ memory }: OpenMemory): unknown {
  const { state } = memory;
  return {
    position: memory.position,
    revision: memory.revision,
    turn: state.turns.turn,
    openTurn: state.turns.current,
    turns: state.turns.before(64),
    used: state.usedTokens,
    context: state.context(),
    available: state.available,
    faults: state.loads.faults,
    loaded: state.loads.pageIds,
    hasNews: state.loads.hasNews,
    room: [state.roomTokens, state.missedPages, state.isAsPutTogether],
    recalledTurn: state.loads.recalledTurn,
    pins: [...state.table.ids()].filter((id) => state.table.lookup(id)?.pin !== 'none'),
  };
}
