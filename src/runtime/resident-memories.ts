import { tokenEngine } from '../config/environment.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ParsedMemoryOptions } from '../domain/memory-options.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { IMPORTANCE_WEIGHTED_LRU } from '../kernel/working-set/eviction-policy.ts';
import { DEFAULT_COMPOSER_SETTINGS } from '../memory/manager/composer-settings.ts';
import { ContextComposer } from '../memory/manager/context-composer.ts';
import { LogMemory } from '../memory/manager/log-memory.ts';
import { MemoryState } from '../memory/manager/memory-state.ts';
import {
  toPageContent,
  toTranscriptEvent,
  type PageContent,
} from '../memory/manager/page-contents.ts';
import { pageOfEvent, positionOfPage } from '../memory/manager/session-page.ts';
import { DemandPager } from '../memory/paging/demand-pager.ts';
import { OutlineMemo } from '../memory/search/outline-memo.ts';
import { TYPE_BONUS } from '../memory/table/page-entry.ts';
import { type LogEntry, readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';

/** Whose memory, and how it works. */
export interface MemoryRequest {
  readonly key: SessionKey;
  /** The life of the session that is meant. */
  readonly lifeId: string;
  /** The model whose tokens are counted. */
  readonly model: string;
  readonly options: ParsedMemoryOptions;
}

/** The memory of one session while it is in this process. */
export interface ResidentMemory {
  readonly memory: LogMemory;
  readonly composer: ContextComposer;
}

interface Resident extends ResidentMemory {
  readonly lifeId: string;
  /** The end of what was asked of it so far: one thing at a time. */
  turn: Promise<unknown>;
  users: number;
  isGone: boolean;
}

/** Memories that stay in a process; each holds an index of all its pages. */
const MAX_RESIDENT = 256;
/** Pages of all of them together. */
const MAX_RESIDENT_PAGES = 2_000_000;
/** What is said between two contexts waits in the context, so that the next one is put together from all of it. */
const WAITING_CONTEXTS = 2;
const WAITING_TOKENS = 16_384;
/** Contents that lie this close to each other in the log are read at once. */
const MAX_GAP = 32;

/**
 * The memories of the sessions that were used last. Each is made from its log, follows it, and can be dropped at any time when
 * nobody uses it.
 */
export class ResidentMemories {
  readonly #store: Store;
  readonly #counter: TokenCounter;
  readonly #residents = new Map<string, Resident>();
  /** Of all memories: forks of a conversation have the same texts. */
  readonly #outlines = new OutlineMemo();
  #kernel: Promise<Kernel> | null = null;

  constructor(parts: { readonly store: Store; readonly counter: TokenCounter }) {
    this.#store = parts.store;
    this.#counter = parts.counter;
  }

  /** How many memories are here. */
  get size(): number {
    return this.#residents.size;
  }

  /** Runs a task on a memory, after those that were asked before it. A task that fails leaves nothing behind. */
  async use<T>(request: MemoryRequest, task: (resident: ResidentMemory) => Promise<T>): Promise<T> {
    const name = nameOf(request);
    this.#kernel ??= openKernel();
    const resident = this.#find(name, request, await this.#kernel);
    resident.users += 1;
    const run = resident.turn.then(() =>
      resident.isGone ? this.use(request, task) : task(resident),
    );
    resident.turn = run.catch(() => undefined);
    try {
      return await run;
    } catch (error) {
      // What it did by halves is not to be trusted; the log has the truth.
      this.#drop(name, resident);
      throw error;
    } finally {
      resident.users -= 1;
      this.#trim();
    }
  }

  /** Runs a task on a memory as it was at a position of the log; it is made for this alone and then thrown away. */
  async replay<T>(
    request: MemoryRequest,
    toPosition: number,
    task: (resident: ResidentMemory) => Promise<T>,
  ): Promise<T> {
    this.#kernel ??= openKernel();
    const resident = this.#make(request, await this.#kernel);
    const { memory } = resident;
    try {
      const { key, lifeId } = request;
      for await (const page of readLog(this.#store, { key, lifeId, fromPosition: 1, toPosition })) {
        await memory.absorb(page);
      }
      await memory.settle();
      return await task(resident);
    } finally {
      memory.state.close();
    }
  }

  /** Drops all memories. */
  close(): void {
    for (const [name, resident] of this.#residents) this.#drop(name, resident);
  }

  #find(name: string, request: MemoryRequest, kernel: Kernel): Resident {
    const known = this.#residents.get(name);
    const isKnown = known !== undefined && known.lifeId === request.lifeId;
    if (known !== undefined && !isKnown) this.#drop(name, known);
    const resident = isKnown ? known : this.#open(request, kernel);
    // Deleted first, so that the map is in the order of use.
    this.#residents.delete(name);
    this.#residents.set(name, resident);
    return resident;
  }

  #open(request: MemoryRequest, kernel: Kernel): Resident {
    const { lifeId } = request;
    const turn = Promise.resolve();
    return { ...this.#make(request, kernel), lifeId, turn, users: 0, isGone: false };
  }

  #make(request: MemoryRequest, kernel: Kernel): ResidentMemory {
    const { options, model } = request;
    const counter = this.#counter;
    const countTokens = (text: string): number => counter.countText(text, model);
    const state = new MemoryState({
      kernel,
      countTokens,
      outline: (text) => this.#outlines.outline(text, { model, countTokens }),
      load: (pageIds) => loadContents(this.#store, request, pageIds),
      policy: { ...IMPORTANCE_WEIGHTED_LRU, typeBonus: TYPE_BONUS },
      maxContextTokens: WAITING_CONTEXTS * options.maxTokens + WAITING_TOKENS,
      maxHotPages: options.maxHotPages,
      keptTurns: options.keptTurns,
    });
    const { paging, keptTurns, targetUtilization, detectRecall } = options;
    const settings = { ...DEFAULT_COMPOSER_SETTINGS, paging, keptTurns, targetUtilization };
    const pager = new DemandPager(detectRecall === null ? {} : { detectRecall });
    const composer = new ContextComposer(state, settings, pager);
    return { memory: new LogMemory(state, { findsClaims: options.claims }), composer };
  }

  #drop(name: string, resident: Resident): void {
    if (resident.isGone) return;
    resident.isGone = true;
    if (this.#residents.get(name) === resident) this.#residents.delete(name);
    // Those who wait for it still use it.
    void resident.turn.then(() => resident.memory.state.close());
  }

  #trim(): void {
    let pages = 0;
    for (const { memory } of this.#residents.values()) pages += memory.state.table.size;
    for (const [name, resident] of this.#residents) {
      if (this.#residents.size <= MAX_RESIDENT && pages <= MAX_RESIDENT_PAGES) return;
      if (resident.users > 0) continue;
      pages -= resident.memory.state.table.size;
      this.#drop(name, resident);
    }
  }
}

/** The module of the kernel is loaded with the first memory and not before. */
async function openKernel(): Promise<Kernel> {
  if (tokenEngine() === 'js') return createJsKernel();
  return (await import('../kernel/wasm-kernel.ts')).loadKernel();
}

const functionNumbers = new WeakMap<object, number>();
let functions = 0;

/** Two managers share a memory when it works the same way for both. */
function nameOf({ key, model, options }: MemoryRequest): string {
  const { detectRecall, ...plain } = options;
  return JSON.stringify([key.tenant, key.sessionId, model, plain, numberOf(detectRecall)]);
}

function numberOf(value: object | null): number {
  if (value === null) return 0;
  const known = functionNumbers.get(value);
  if (known !== undefined) return known;
  functions += 1;
  functionNumbers.set(value, functions);
  return functions;
}

/** Reads contents of pages from the log, those that lie together at once. */
async function loadContents(
  store: Store,
  { key, lifeId }: MemoryRequest,
  pageIds: readonly string[],
): Promise<ReadonlyMap<string, PageContent>> {
  const positions = pageIds.flatMap((id) => positionOfPage(id) ?? []);
  const wanted = new Set(positions);
  const contents = new Map<string, PageContent>();
  for (const { fromPosition, toPosition } of stretches(positions)) {
    for await (const page of readLog(store, { key, lifeId, fromPosition, toPosition })) {
      const found = page.filter(({ position }) => wanted.has(position)).flatMap(contentOf);
      for (const content of found) contents.set(content.page.pageId, content);
    }
  }
  return contents;
}

function contentOf({ event, position }: LogEntry): readonly PageContent[] {
  if (event.type !== 'event-recorded') return [];
  const page = pageOfEvent(event.event, position);
  return page === null ? [] : [toPageContent(page, toTranscriptEvent(event.event))];
}

interface Stretch {
  readonly fromPosition: number;
  readonly toPosition: number;
}

function stretches(positions: readonly number[]): readonly Stretch[] {
  const found: { fromPosition: number; toPosition: number }[] = [];
  for (const position of positions.toSorted((left, right) => left - right)) {
    const last = found.at(-1);
    if (last !== undefined && position - last.toPosition <= MAX_GAP) last.toPosition = position;
    else found.push({ fromPosition: position, toPosition: position });
  }
  return found;
}
