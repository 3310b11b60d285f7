import { countersOf } from '../../../src/actors/commit-figures.ts';
import type { Command } from '../../../src/domain/command.ts';
import { decide } from '../../../src/domain/decide.ts';
import type { DecisionEnvironment } from '../../../src/domain/environment.ts';
import { evolve, evolveAll } from '../../../src/domain/evolve.ts';
import type { SessionKey } from '../../../src/domain/ids.ts';
import type { LogEvent } from '../../../src/domain/log-event.ts';
import type { SessionState } from '../../../src/domain/session-state.ts';
import { encodeRecord, encodeSnapshot } from '../../../src/store/codec.ts';
import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';
import { newUuid } from '../../../src/runtime/system.ts';
import type { HistoryPoint, Store } from '../../../src/store/store.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import type { Turn } from './conversation.ts';

/** Records of one append: what the store takes at most. */
const BATCH_RECORDS = 512;

const FOREVER = { absoluteMs: null, slidingMs: null };

/** What a session is preloaded with. */
export interface PreloadParams {
  readonly store: Store;
  readonly key: SessionKey;
  readonly env: DecisionEnvironment;
  /** Recorded over and over until there are enough messages. */
  readonly turns: readonly Turn[];
  readonly messages: number;
  /** Records the newest snapshot is behind by, so that not all sessions take their next one at the same event. */
  readonly snapshotLag?: number;
}

/** What decisions of a preload are made with. */
export function preloadEnvironment(tokens: 'exact' | 'estimate'): DecisionEnvironment {
  const counter = createTokenCounter({ mode: tokens });
  return {
    nowMs: Date.now(),
    newId: newUuid,
    countTokens: (content, model) => counter.count(content, model).tokens,
    isExactFor: (model) => counter.isExactFor(model),
    prices: createPriceBook(),
  };
}

/** The command that records a message of the user, or an answer of gpt-4o-mini. */
export function messageCommand(source: 'user' | 'llm', message: string): Command {
  return {
    type: 'record-event',
    event: {
      id: null,
      message,
      source,
      type: 'message',
      metadata: source === 'user' ? {} : { model: 'gpt-4o-mini', provider: 'openai' },
      parentEventId: null,
      taskId: null,
      model: 'gpt-4o-mini',
      provider: source === 'user' ? null : 'openai',
      reportedUsage: null,
      reportedCostPico: null,
      tokenUsage: null,
    },
    policy: null,
    create: null,
    idempotencyKey: null,
  };
}

/**
 * Writes a session straight into a store, in big appends: what is decided about each distinct message is decided once, so
 * that a million of them take seconds. A snapshot is left as recording would have left one.
 */
export async function preload(params: PreloadParams): Promise<void> {
  const { store, messages, snapshotLag = 0 } = params;
  const created = decided(params, null, creation());
  const log = new Log(params, evolveAll(null, created));
  await log.append(created.map((event) => ({ event, record: encodeRecord(event) })));
  const pool = messagePool(params, log.state);
  const snapshotAt = messages - snapshotLag;
  for (let done = 0; done < messages;) {
    const end = done < snapshotAt ? snapshotAt : messages;
    const count = Math.min(BATCH_RECORDS, end - done);
    const batch = Array.from({ length: count }, (_, index) => pool[(done + index) % pool.length]);
    // In order: each append follows the one before.
    await log.append(batch.filter((entry) => entry !== undefined));
    done += count;
    if (done === snapshotAt)
      await store.saveSnapshot({ key: params.key, snapshot: log.snapshot() });
  }
}

interface Entry {
  readonly event: LogEvent;
  readonly record: string;
}

class Log {
  readonly #params: PreloadParams;
  #state: SessionState | null;
  #point: HistoryPoint | null = null;
  #operation = 0;

  constructor(params: PreloadParams, state: SessionState | null) {
    this.#params = params;
    this.#state = state;
  }

  get state(): SessionState {
    if (this.#state === null) throw new Error('The session was not created.');
    return this.#state;
  }

  async append(entries: readonly Entry[]): Promise<void> {
    const { store, key } = this.#params;
    const known = this.#point;
    this.#operation += 1;
    const result = await store.append({
      key,
      write: { writer: 'preload', operation: this.#operation },
      known,
      mode: 'expected',
      records: entries.map(({ record }) => record),
      counters: countersOf(entries.map(({ event }) => event)),
      ...(known === null ? { timeToLive: FOREVER } : {}),
    });
    if (result.kind !== 'ok') throw new Error(`The store answered ${result.kind}.`);
    this.#point = result.point;
    if (known === null) return;
    for (const { event } of entries) this.#state = evolve(this.#state, event);
  }

  snapshot(): { readonly point: HistoryPoint; readonly body: string } {
    if (this.#point === null) throw new Error('Nothing was appended.');
    return { point: this.#point, body: encodeSnapshot(this.state) };
  }
}

function creation(): Command {
  const session = { parentId: null, fork: null, properties: {}, systemPrompt: null };
  return { type: 'create', session: { ...session, model: 'gpt-4o-mini' } };
}

function messagePool(params: PreloadParams, state: SessionState): readonly Entry[] {
  return params.turns
    .slice(0, Math.ceil(params.messages / 2))
    .flatMap(({ question, answer }) => [
      ...decided(params, state, messageCommand('user', question)),
      ...decided(params, state, messageCommand('llm', answer)),
    ])
    .map((event) => ({ event, record: encodeRecord(event) }));
}

function decided(
  { key, env }: PreloadParams,
  state: SessionState | null,
  command: Command,
): readonly LogEvent[] {
  const decision = decide({ key, state, env }, command);
  if (decision.kind === 'accepted') return decision.events;
  throw new Error(`A command of the preload was ${decision.kind}.`);
}
