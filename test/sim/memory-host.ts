import { DEFAULT_ACTOR_LIMITS } from '../../src/actors/limits.ts';
import type { Executor } from '../../src/actors/envelope.ts';
import { MemoryAccess } from '../../src/api/memory-access.ts';
import { SessionHandle } from '../../src/api/session-handle.ts';
import { SessionMemory } from '../../src/api/session-memory.ts';
import { parseSessionOptions } from '../../src/api/session-options.ts';
import type { WaitOptions } from '../../src/api/wait.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import type { PriceBook } from '../../src/domain/price-book.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { FollowUps } from '../../src/runtime/follow-ups.ts';
import { ForkLeases } from '../../src/runtime/fork-leases.ts';
import { ResidentMemories, type ResidentParts } from '../../src/runtime/resident-memories.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { Store } from '../../src/store/store.ts';
import { createTokenCounter, type TokenCounter } from '../../src/tokens/token-counter.ts';
import { snapshotOf } from '../lib/memory/memory-log.ts';
import type { Inspection, MemoryAnswer, MemoryAsk } from './memory-call.ts';
import type { MemoryProfile } from './memory-profile.ts';

/** Places where a faulty variant of a memory's parts is put. */
export interface MemorySeams {
  readonly executor?: (executor: Executor) => Executor;
  readonly memories?: (parts: ResidentParts) => ResidentMemories;
}

/** What memories of a process work with. */
export interface MemoryHostParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly prices: PriceBook;
  readonly profile: MemoryProfile;
  readonly seams: MemorySeams;
}

const MODEL = 'sim-1';
const KERNEL = Promise.resolve(createJsKernel());
const COUNTER: TokenCounter = createTokenCounter({ mode: 'estimate' });

/** The memories of one process, as a service uses them. */
export class MemoryHost {
  readonly #parts: MemoryHostParts;
  readonly #memories: ResidentMemories;

  constructor(parts: MemoryHostParts) {
    this.#parts = parts;
    const { store, clock, profile, seams } = parts;
    const resident: ResidentParts = {
      store,
      counter: COUNTER,
      clock,
      limits: profile.limits,
      openKernel: () => KERNEL,
    };
    this.#memories = seams.memories?.(resident) ?? new ResidentMemories(resident);
  }

  /** Carries out a call; everything that it sends to the session goes through `watch`. */
  async perform(
    key: SessionKey,
    call: { readonly ask: MemoryAsk; readonly wait: WaitOptions },
    watch: (executor: Executor) => Executor,
  ): Promise<MemoryAnswer> {
    const { executor, seams } = this.#parts;
    const handle = this.#handle(key, watch(seams.executor?.(executor) ?? executor));
    const { wait } = call;
    const ask = this.#withinLimit(call.ask);
    if (ask.type !== 'inspect') return performOn(new SessionMemory(handle), ask, wait);
    return { type: 'inspected', inspection: await inspect(new MemoryAccess(handle)) };
  }

  /** More than the limit of the session is refused, which tells nothing about a store. */
  #withinLimit(ask: MemoryAsk): MemoryAsk {
    if (ask.type !== 'build') return ask;
    const { maxTokens = Infinity } = this.#parts.profile.options;
    return { ...ask, maxTokens: Math.min(ask.maxTokens, maxTokens) };
  }

  /** The memory of a session as nobody watches it. */
  open(key: SessionKey): SessionMemory {
    return new SessionMemory(this.#handle(key, this.#parts.executor));
  }

  #handle({ tenant, sessionId }: SessionKey, executor: Executor): SessionHandle {
    const memory = this.#parts.profile.options;
    const options = parseSessionOptions({ tenant, sessionId, memory });
    const runtime = this.#runtime(executor);
    return new SessionHandle(options, () => runtime);
  }

  #runtime(executor: Executor): Runtime {
    const { store, clock, prices } = this.#parts;
    const warn = (): void => undefined;
    const defaultModel = (): string => MODEL;
    const parts = {
      store,
      executor,
      clock,
      prices,
      counter: COUNTER,
      summarize: null,
      random: () => 0,
      background: null,
      warn,
    };
    return {
      ...parts,
      limits: DEFAULT_ACTOR_LIMITS,
      get followUps() {
        // Nothing that a memory does leaves work behind.
        return new FollowUps({ ...parts, defaultModel });
      },
      leases: new ForkLeases({ store, executor, clock }),
      archive: null,
      toolArchive: null,
      loopDelay: { lateMs: () => 0, close: () => undefined },
      memories: this.#memories,
      timeToLive: { absoluteMs: null, slidingMs: null },
      defaultModel,
      newId: () => 'none',
      changeWorkers: async () => undefined,
      operation: (run) => run(),
      track: (call) => call(),
      assertOpen: () => undefined,
      close: async () => undefined,
    };
  }
}

async function performOn(
  memory: SessionMemory,
  ask: Exclude<MemoryAsk, { readonly type: 'inspect' }>,
  wait: WaitOptions,
): Promise<MemoryAnswer> {
  switch (ask.type) {
    case 'build': {
      const { maxTokens, mode, question } = ask;
      const context = await memory.buildContext({ maxTokens, mode, question, ...wait });
      return { type: 'build', context };
    }
    case 'fault': {
      const outcome = await memory.fault(ask.pageId, { level: ask.level, ...wait });
      return { type: 'fault', outcome };
    }
    case 'page_fault': {
      const given = { page_id: ask.pageId, target_level: ask.level };
      const call = { name: 'page_fault', arguments: given };
      return { type: 'tool', text: await memory.callTool(call, wait) };
    }
    case 'search_pages': {
      const call = { name: 'search_pages', arguments: { query: ask.query } };
      return { type: 'tool', text: await memory.callTool(call, wait) };
    }
    case 'pin':
    case 'unpin':
      await memory[ask.type](ask.pageId, wait);
      return { type: 'pinned' };
    case 'write': {
      const { content, pageId, isPinned } = ask;
      return { type: 'written', pageId: await memory.write({ content, pageId, isPinned }, wait) };
    }
  }
}

async function inspect(access: MemoryAccess): Promise<Inspection> {
  const { result } = await access.change(MODEL, async (resident) => {
    const { state } = resident.memory;
    const seen = snapshotOf(resident);
    const pageIds = [...state.table.ids()];
    await state.pages.ensure(pageIds);
    const texts = pageIds.map((id) => [id, state.contents.get(id)?.text ?? null] as const);
    return { result: { state: seen, texts: Object.fromEntries(texts) }, changes: [] };
  });
  return result;
}
