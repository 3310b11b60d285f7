import type { Clock } from '../../src/domain/clock.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { AppendParams, AppendResult, Store, Tail } from '../../src/store/store.ts';
import type { Recorder } from './recorder.ts';
import type { Scheduler } from './scheduler.ts';
import { storeThrough } from './store-through.ts';
import { Timeline } from './timeline.ts';

interface Move {
  readonly atMs: number;
  readonly redo: (store: Store) => Promise<unknown>;
}

/** The machine the store runs on: it does what the real memory store does, writes down what that was, and may lose some. */
export class Server {
  /** What the network talks to. */
  readonly store: Store;
  readonly #scheduler: Scheduler;
  readonly #recorder: Recorder;
  readonly #timelines: Map<string, Timeline> = new Map();
  readonly #pageRecords: number;
  #moves: Move[] = [];
  #inner: Store;
  #redoingAtMs: number | null = null;

  constructor(params: {
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
    /** Records in one page of a tail or a read. */
    readonly pageRecords: number;
  }) {
    this.#scheduler = params.scheduler;
    this.#recorder = params.recorder;
    this.#pageRecords = params.pageRecords;
    this.#inner = this.#create();
    this.store = this.#observed();
  }

  /** The store itself, for whoever looks at it when everything is over. */
  get inner(): Store {
    return this.#inner;
  }

  /** What happened to every session so far. */
  get timelines(): readonly Timeline[] {
    return [...this.#timelines.values()];
  }

  /** Goes back to an older copy: the latest moves never happened. */
  async lose(moves: number): Promise<void> {
    this.#moves = this.#moves.slice(0, Math.max(0, this.#moves.length - moves));
    await this.#inner.close();
    const copy = this.#create();
    for (const move of this.#moves) {
      // In order: the copy has to become what the store was.
      this.#redoingAtMs = move.atMs;
      await move.redo(copy);
    }
    this.#redoingAtMs = null;
    this.#inner = copy;
    const stamp = this.#recorder.stamp();
    for (const timeline of this.timelines) {
      const head = await copy.head({ key: timeline.key });
      timeline.lost(stamp, head?.version ?? 0);
    }
    this.#note(`store lost ${moves} moves`);
  }

  #create(): Store {
    const clock: Clock = {
      nowMs: () => this.#redoingAtMs ?? this.#scheduler.nowMs,
      setTimer: (delayMs, task) => this.#scheduler.after(delayMs, task),
    };
    return createMemoryStore({ clock, instance: 'simulated' });
  }

  #observed(): Store {
    const plain = storeThrough(
      () => this.#inner,
      (_, call) => call(),
    );
    return {
      ...plain,
      append: (params) => this.#append(params),
      load: async (params) => {
        const loaded = await this.#inner.load(params);
        return loaded.kind === 'found' ? { ...loaded, tail: this.#paged(loaded.tail) } : loaded;
      },
      read: (params) =>
        this.#inner.read({ ...params, limit: Math.min(params.limit, this.#pageRecords) }),
      saveSnapshot: async (params) => {
        const isKept = await this.#inner.saveSnapshot(params);
        if (isKept) this.#keep((store) => store.saveSnapshot(params));
        return isKept;
      },
      remove: (params) => this.#remove(params),
    };
  }

  async #append(params: AppendParams): Promise<AppendResult> {
    const result = await this.#inner.append(params);
    const { key, write, mode, known } = params;
    const at =
      result.kind === 'ok' || result.kind === 'duplicate' ? `@${result.firstPosition}` : '';
    this.#note(
      `append ${key.sessionId} ${write.writer}#${write.operation} ${mode} known ${known?.version ?? '-'} ` +
        `x${params.records.length} -> ${result.kind}${at}`,
    );
    if (result.kind === 'ok') {
      const stamp = this.#recorder.stamp();
      this.#timelineOf(key).recorded(stamp, result.firstPosition, params.records);
      this.#keep((store) => store.append(params));
    }
    return 'tail' in result ? { ...result, tail: this.#paged(result.tail) } : result;
  }

  async #remove(params: Parameters<Store['remove']>[0]): Promise<boolean> {
    const wasThere = await this.#inner.remove(params);
    this.#note(`remove ${params.key.sessionId} -> ${wasThere}`);
    if (wasThere) {
      this.#timelineOf(params.key).removed(this.#recorder.stamp());
      this.#keep((store) => store.remove(params));
    }
    return wasThere;
  }

  #timelineOf(key: SessionKey): Timeline {
    const name = `${key.tenant}/${key.sessionId}`;
    const timeline = this.#timelines.get(name) ?? new Timeline(key);
    this.#timelines.set(name, timeline);
    return timeline;
  }

  #keep(redo: Move['redo']): void {
    this.#moves.push({ atMs: this.#scheduler.nowMs, redo });
  }

  #paged(tail: Tail): Tail {
    if (tail.records.length <= this.#pageRecords) return tail;
    return { ...tail, records: tail.records.slice(0, this.#pageRecords), isComplete: false };
  }

  #note(text: string): void {
    this.#recorder.note(this.#scheduler.nowMs, text);
  }
}
