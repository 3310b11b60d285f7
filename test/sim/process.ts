import { Shard } from '../../src/actors/shard.ts';
import type { ActorLimits } from '../../src/actors/limits.ts';
import type { JsonValue } from '../../src/domain/json.ts';
import type { PriceBook } from '../../src/domain/price-book.ts';
import { toPicoUsd } from '../../src/domain/money.ts';
import type { Store } from '../../src/store/store.ts';
import { MemoryHost, type MemorySeams } from './memory-host.ts';
import type { MemoryProfile } from './memory-profile.ts';
import type { Network } from './network.ts';
import type { Prng } from './prng.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** Places where a faulty variant is put between the parts; everything is as it should be without them. */
export interface Seams {
  readonly client?: (store: Store, prng: Prng) => Store;
  readonly server?: (store: Store) => Store;
  readonly writer?: (name: string, incarnation: number) => string;
  readonly memory?: MemorySeams;
}

/** Everything a process needs of the world around it. */
export interface ProcessWorld {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly prng: Prng;
  readonly limits: ActorLimits;
  /** Null where memories take no part. */
  readonly memory: MemoryProfile | null;
  readonly seams: Seams;
  readonly server: () => Store;
  /** Told about what must never be. */
  readonly complain: (text: string) => void;
}

interface Incarnation {
  readonly owner: Owner;
  readonly store: Store;
  readonly shard: Shard;
  readonly memories: MemoryHost | null;
}

/** A quarter of the characters: near enough to tokens, and the same everywhere. */
export function countTokens(content: JsonValue): number {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return Math.ceil(text.length / 4);
}

/** What calls to models cost, in every process. */
export const PRICES: PriceBook = {
  priceUsage: ({ usage, model }) => {
    if (model === 'unpriced') return { kind: 'unpriced', reason: 'unknown-model' };
    const inputPico = toPicoUsd(BigInt(usage.inputTokens ?? 0) * 3n);
    const outputPico = toPicoUsd(BigInt(usage.outputTokens ?? 0) * 5n);
    const costPico = toPicoUsd(inputPico + outputPico);
    return {
      kind: 'priced',
      costPico,
      inputPico,
      outputPico,
      otherPico: toPicoUsd(0n),
      priceId: model,
    };
  },
};

/** One machine with a shard on it: it dies without a word, comes back as a new incarnation, and is held up at times. */
export class Process {
  readonly name: string;
  readonly #world: ProcessWorld;
  readonly #mourners = new Set<() => void>();
  #number = 0;
  #current: Incarnation;

  constructor(name: string, world: ProcessWorld) {
    this.name = name;
    this.#world = world;
    this.#current = this.#start();
  }

  get isAlive(): boolean {
    return this.#current.owner.isAlive;
  }

  /** Name and number of the present incarnation. */
  get host(): string {
    return `${this.name}#${this.#number}`;
  }

  get owner(): Owner {
    return this.#current.owner;
  }

  get shard(): Shard {
    return this.#current.shard;
  }

  get store(): Store {
    return this.#current.store;
  }

  /** The memories of the present incarnation. @throws where memories take no part */
  requireMemories(): MemoryHost {
    const { memories } = this.#current;
    if (memories === null) throw new TypeError('there are no memories here');
    return memories;
  }

  /** Is told when the present incarnation dies; the returned function takes that back. */
  onDeath(task: () => void): () => void {
    this.#mourners.add(task);
    return () => this.#mourners.delete(task);
  }

  /** Everything the process still had to do never happens. */
  crash(): void {
    this.#current.owner.isAlive = false;
    const mourners = [...this.#mourners];
    this.#mourners.clear();
    for (const mourn of mourners) mourn();
  }

  /** A new incarnation that knows nothing. */
  restart(): void {
    if (!this.isAlive) this.#current = this.#start();
  }

  /** Everything the process has to do waits. */
  hold(forMs: number): void {
    this.owner.heldUntilMs = this.#world.scheduler.nowMs + forMs;
  }

  #start(): Incarnation {
    this.#number += 1;
    const { scheduler, network, prng, limits, memory, seams, server } = this.#world;
    const owner: Owner = { isAlive: true, heldUntilMs: 0 };
    const client = this.#oneAppendAtATime(network.connect(server, owner));
    const store = seams.client?.(client, prng) ?? client;
    const writer = seams.writer?.(this.name, this.#number) ?? this.host;
    let ids = 0;
    const clock = scheduler.clockOf(owner);
    const shard = new Shard({
      store,
      clock,
      limits,
      writer,
      timeToLive: { absoluteMs: null, slidingMs: null },
      newId: () => `${writer}-${(ids += 1)}`,
      random: () => prng.next(),
      countTokens,
      isExactFor: () => true,
      prices: PRICES,
    });
    const parts = { store, executor: shard, clock, prices: PRICES };
    const memories =
      memory === null
        ? null
        : new MemoryHost({ ...parts, profile: memory, seams: seams.memory ?? {} });
    return { owner, store, shard, memories };
  }

  #oneAppendAtATime(store: Store): Store {
    const underway = new Set<string>();
    return {
      ...store,
      append: async (params) => {
        const { sessionId } = params.key;
        if (underway.has(sessionId))
          this.#world.complain(`${this.host} appends twice at once to ${sessionId}`);
        underway.add(sessionId);
        try {
          return await store.append(params);
        } finally {
          underway.delete(sessionId);
        }
      },
    };
  }
}
