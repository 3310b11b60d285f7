import { tokenEngine } from '../config/environment.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { Clock, Timer } from '../domain/clock.ts';
import { PagefoldError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ParsedMemoryOptions } from '../domain/memory-options.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import type { Kernel } from '../kernel/kernel.ts';
import {
  type EvictionWeights,
  IMPORTANCE_WEIGHTED_LRU,
} from '../kernel/working-set/eviction-policy.ts';
import { DEFAULT_COMPOSER_SETTINGS } from '../memory/manager/composer-settings.ts';
import { ContextComposer } from '../memory/manager/context-composer.ts';
import { LogMemory } from '../memory/manager/log-memory.ts';
import { type PageContent, toPageContent } from '../memory/manager/page-contents.ts';
import { MemoryState } from '../memory/manager/memory-state.ts';
import { DemandPager } from '../memory/paging/demand-pager.ts';
import { OutlineMemo } from '../memory/search/outline-memo.ts';
import { TYPE_BONUS } from '../memory/table/page-entry.ts';
import { readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { ContentArchive } from './content-archive.ts';
import { LogFollower } from './log-follower.ts';
import { DEFAULT_MEMORY_LIMITS, type MemoryLimits } from './memory-limits.ts';
import { loadPageContents } from './page-loader.ts';

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
  /** Brings it to the end of its log. */
  readonly log: LogFollower;
  /** Lets nobody use it any more, because what it holds may be wrong. */
  retire(): void;
}

interface Resident {
  readonly memory: LogMemory;
  readonly log: LogFollower;
  readonly lifeId: string;
  /** The latest composer, and how it works. */
  composing: Composing | null;
  readonly key: SessionKey;
  /** The end of what was asked of it so far: one thing at a time. */
  turn: Promise<unknown>;
  users: number;
  /** Whether somebody used it since idle ones were looked for last. */
  isFresh: boolean;
  isGone: boolean;
}

/** A composer, and what of the options it was made with; it holds nothing that another could not find out again. */
interface Composing {
  readonly composer: ContextComposer;
  readonly options: ParsedMemoryOptions;
}

/** What is said between two contexts waits in the context, so that the next one is put together from all of it. */
const WAITING_CONTEXTS = 2;
const WAITING_TOKENS = 16_384;
/**
 * What speaks for a page is what the log tells of it. When it came and left before the latest compaction is known to those alone who were
 * there, and what a model loads is kept for its turn by the context itself.
 */
const SESSION_POLICY: EvictionWeights = {
  ...IMPORTANCE_WEIGHTED_LRU,
  typeBonus: TYPE_BONUS,
  penaltyTurns: { fault: 0, evict: 0 },
  hardTurns: { fault: 0, evict: 0 },
};
/** Errors that say nothing of a memory: a call was called off, refused, or the store did not answer. */
const OUTER_CODES: ReadonlySet<ErrorCode> = new Set([
  'ABORTED',
  'CLOSED',
  'DEADLINE_EXCEEDED',
  'EVENT_TOO_LARGE',
  'INVALID_INPUT',
  'INVALID_SESSION_OPERATION',
  'OVERLOADED',
  'SESSION_CONFLICT',
  'STORAGE_ERROR',
  'TOKEN_LIMIT_EXCEEDED',
  'UNKNOWN_OUTCOME',
]);

/** What memories are made with. */
export interface ResidentParts {
  readonly store: Store;
  readonly counter: TokenCounter;
  readonly clock: Clock;
  /** Where content is that is too large for records; null or not given where there is no such place. */
  readonly archive?: ContentArchive | null | undefined;
  readonly limits?: MemoryLimits | undefined;
  /** Default: as `PAGEFOLD_TOKEN_ENGINE` says, loaded with the first memory. */
  readonly openKernel?: (() => Promise<Kernel>) | undefined;
}

/**
 * The memories of the sessions that were used last. Each is made from its log, follows it, and can be dropped at any time when
 * nobody uses it.
 */
export class ResidentMemories {
  readonly #store: Store;
  readonly #counter: TokenCounter;
  readonly #clock: Clock;
  readonly #archive: ContentArchive | null;
  readonly #limits: MemoryLimits;
  readonly #openKernel: () => Promise<Kernel>;
  readonly #residents = new Map<string, Resident>();
  /** Of all memories: forks of a conversation have the same texts. */
  readonly #outlines = new OutlineMemo();
  #kernel: Promise<Kernel> | null = null;
  /** Looks for idle memories, as long as there are any. */
  #scan: Timer | null = null;

  constructor(parts: ResidentParts) {
    this.#store = parts.store;
    this.#counter = parts.counter;
    this.#clock = parts.clock;
    this.#archive = parts.archive ?? null;
    this.#limits = parts.limits ?? DEFAULT_MEMORY_LIMITS;
    this.#openKernel = parts.openKernel ?? openKernel;
  }

  /** How many memories are here. */
  get size(): number {
    return this.#residents.size;
  }

  /**
   * Runs a task on a memory, after those that were asked before it. A memory stays after a task that failed for an outer reason, and
   * goes after any other failure: the log has the truth.
   */
  async use<T>(request: MemoryRequest, task: (resident: ResidentMemory) => Promise<T>): Promise<T> {
    const name = nameOf(request);
    this.#kernel ??= this.#openKernel();
    const resident = this.#find(name, request, await this.#kernel);
    resident.users += 1;
    resident.isFresh = true;
    const run = resident.turn.then(() =>
      resident.isGone ? this.use(request, task) : task(this.#viewOf(resident, request)),
    );
    resident.turn = run.catch(() => undefined);
    try {
      return await run;
    } catch (error) {
      if (!isOuterFailure(error)) this.#drop(name, resident);
      throw error;
    } finally {
      resident.users -= 1;
      this.#trim();
      this.#scheduleScan();
    }
  }

  /** Runs a task on a memory as it was at a position of the log; it is made for this alone and then thrown away. */
  async replay<T>(
    request: MemoryRequest,
    toPosition: number,
    task: (resident: ResidentMemory) => Promise<T>,
  ): Promise<T> {
    this.#kernel ??= this.#openKernel();
    const { memory, log } = this.#make(request, await this.#kernel);
    try {
      const { key, lifeId } = request;
      for await (const page of readLog(this.#store, { key, lifeId, fromPosition: 1, toPosition })) {
        await memory.absorb(page);
      }
      await memory.settle();
      const composer = composerOf(memory, request.options);
      return await task({ memory, log, composer, retire: () => undefined });
    } finally {
      memory.state.close();
    }
  }

  /** Lets nothing of a session stay here, because it is gone; who still waits for its memory is told so by the store. */
  forget(key: SessionKey): void {
    this.#forget((known) => known.tenant === key.tenant && known.sessionId === key.sessionId);
  }

  /** As {@link forget}, for all sessions of a tenant. */
  forgetTenant(tenant: string): void {
    this.#forget((known) => known.tenant === tenant);
  }

  /** Drops all memories. */
  close(): void {
    this.#scan?.cancel();
    this.#forget(() => true);
  }

  #forget(isMeant: (key: SessionKey) => boolean): void {
    for (const [name, resident] of this.#residents) {
      if (isMeant(resident.key)) this.#drop(name, resident);
    }
    this.#outlines.forget(isMeant);
  }

  /** Drops what nobody used since the scan before; one step of the background work. */
  #dropIdle(): void {
    this.#scan = null;
    for (const [name, resident] of this.#residents) {
      if (!resident.isFresh && resident.users === 0) this.#drop(name, resident);
      resident.isFresh = false;
    }
    this.#outlines.turn();
    this.#scheduleScan();
  }

  #scheduleScan(): void {
    if (this.#scan !== null || (this.#residents.size === 0 && this.#outlines.size === 0)) return;
    const { residentMemoryIdleMs } = this.#limits;
    const scan = (): void => this.#dropIdle();
    this.#scan = this.#clock.setTimer(residentMemoryIdleMs, scan, { isBackground: true });
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
    return {
      ...this.#make(request, kernel),
      key: request.key,
      lifeId: request.lifeId,
      composing: null,
      turn: Promise.resolve(),
      users: 0,
      isFresh: true,
      isGone: false,
    };
  }

  /** A memory in the hands of one caller: managers may share it and yet have it put together contexts each in their own way. */
  #viewOf(resident: Resident, request: MemoryRequest): ResidentMemory {
    const { memory, log, composing } = resident;
    const { options } = request;
    const isSame = composing !== null && composesAlike(composing.options, options);
    const current = isSame ? composing : { composer: composerOf(memory, options), options };
    resident.composing = current;
    const retire = (): void => this.#drop(nameOf(request), resident);
    return { memory, log, composer: current.composer, retire };
  }

  #make(request: MemoryRequest, kernel: Kernel): Pick<Resident, 'memory' | 'log'> {
    const { key, lifeId, options, model } = request;
    const counter = this.#counter;
    const countTokens = (text: string): number => counter.countText(text, model);
    const counting = { model, countTokens, owner: key };
    const state: MemoryState = new MemoryState({
      kernel,
      countTokens,
      outline: (text) => this.#outlines.outline(text, counting),
      load: (pageIds) => this.#load(request, memory, pageIds),
      homeOf: (pageId) => memory.homeOf(pageId),
      policy: SESSION_POLICY,
      maxContextTokens: WAITING_CONTEXTS * options.maxTokens + WAITING_TOKENS,
      maxHotPages: options.maxHotPages,
      maxContentBytes: options.maxContentBytes,
      keptTurns: options.keptTurns,
    });
    const memory: LogMemory = new LogMemory(state, { findsClaims: options.claims });
    return { memory, log: new LogFollower({ store: this.#store, key, lifeId, memory }) };
  }

  async #load(
    { key, lifeId }: MemoryRequest,
    memory: LogMemory,
    pageIds: readonly string[],
  ): Promise<ReadonlyMap<string, PageContent>> {
    const parts = pageIds.flatMap((pageId) => memory.archived.find(pageId) ?? []);
    const records = recordsOf(memory, pageIds);
    const contents = await loadPageContents(this.#store, { key, lifeId }, records);
    if (parts.length === 0 || this.#archive === null) return contents;
    const texts = await this.#archive.read(key.tenant, parts);
    const pages = [...texts].flatMap(
      ([pageId, text]) => memory.archived.pageOf(pageId, text) ?? [],
    );
    const found = pages.map((page): [string, PageContent] => [page.pageId, toPageContent(page)]);
    return new Map([...contents, ...found]);
  }

  #drop(name: string, resident: Resident): void {
    if (resident.isGone) return;
    resident.isGone = true;
    if (this.#residents.get(name) === resident) this.#residents.delete(name);
    // Those who wait for it still use it.
    void resident.turn.then(() => resident.memory.state.close());
  }

  #trim(): void {
    const { residentMemories, residentMemoryPages, residentMemoryBytes } = this.#limits;
    let pages = 0;
    let bytes = 0;
    for (const { memory } of this.#residents.values()) {
      pages += memory.state.table.size;
      bytes += memory.bytes;
    }
    for (const [name, resident] of this.#residents) {
      const isWithin = pages <= residentMemoryPages && bytes <= residentMemoryBytes;
      if (isWithin && this.#residents.size <= residentMemories) return;
      if (resident.users > 0) continue;
      pages -= resident.memory.state.table.size;
      bytes -= resident.memory.bytes;
      this.#drop(name, resident);
    }
  }
}

/** Whether a failure tells nothing of the memory that it was met with. */
export function isOuterFailure(error: unknown): boolean {
  return PagefoldError.isInstance(error) && OUTER_CODES.has(error.code);
}

/** The module of the kernel is loaded with the first memory and not before. */
async function openKernel(): Promise<Kernel> {
  if (tokenEngine() === 'js') return createJsKernel();
  return (await import('../kernel/wasm-kernel.ts')).loadKernel();
}

function composerOf({ state }: LogMemory, options: ParsedMemoryOptions): ContextComposer {
  const { paging, keptTurns, targetUtilization, detectRecall } = options;
  const settings = { ...DEFAULT_COMPOSER_SETTINGS, paging, keptTurns, targetUtilization };
  const pager = new DemandPager(detectRecall === null ? {} : { detectRecall });
  return new ContextComposer(state, settings, pager);
}

/** Whether two of one memory put contexts together in the same way; a function is the same only as itself. */
function composesAlike(left: ParsedMemoryOptions, right: ParsedMemoryOptions): boolean {
  return (
    left.paging === right.paging &&
    left.targetUtilization === right.targetUtilization &&
    left.detectRecall === right.detectRecall
  );
}

/** Managers share a memory that holds the same for all of them, whatever else each does with it. */
function nameOf({ key, model, options }: MemoryRequest): string {
  const { maxTokens, keptTurns, maxHotPages, maxContentBytes, claims } = options;
  const held = [maxTokens, keptTurns, maxHotPages, maxContentBytes, claims];
  return JSON.stringify([key.tenant, key.sessionId, model, ...held]);
}

/** The records that hold the contents of pages. */
function recordsOf(memory: LogMemory, pageIds: readonly string[]): ReadonlyMap<string, number> {
  const records = new Map<string, number>();
  for (const pageId of pageIds) {
    const position = memory.recordOf(pageId);
    if (position !== null) records.set(pageId, position);
  }
  return records;
}
