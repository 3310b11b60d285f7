import { attachCounter, releaseRegions } from './counter-tables.ts';
import type { CounterTables } from './counter-tables.ts';
import { readTables } from './table-contents.ts';
import type { TableContents } from './table-contents.ts';
import { WasmCounter } from './wasm-counter.ts';

/** Exact counts of one encoding in WebAssembly. Null means: not now, ask the JavaScript twin. */
export interface TokenKernel {
  /** The number of tokens, but stops early and returns `limit + 1` once there are more than `limit`. */
  countUpTo(text: string, limit: number): number | null;
  /** The length in UTF-16 units of a prefix that takes about `maxTokens`, cut between code points. */
  prefixWithin(text: string, maxTokens: number): number | null;
  /** The ids of the tokens of a text. */
  encode(text: string): readonly number[] | null;
  /** The tokens and classes that it counts with, for a twin whose files are gone. */
  contents(): TableContents;
  /** Answers that the module gave; tests prove with it that it ran. */
  answerCount(): number;
  /** How many instances have been thrown away after a trap. */
  trapCount(): number;
}

/** What a kernel counts over. */
export interface TokenKernelOptions {
  readonly tables: CounterTables;
  /** A number that no other thread goes by, not 0. */
  readonly owner: number;
  /** Makes an instance; a test puts one in here that fails. */
  readonly open?: (tables: CounterTables, owner: number) => WasmCounter | null;
}

/** After so many traps there is something wrong with more than an instance, and the twin answers for good. */
const MAX_TRAPS = 3;

/** Counts over tables that may be shared. An instance that traps is thrown away, and the next call gets a new one. */
export function createTokenKernel(options: TokenKernelOptions): TokenKernel {
  return new GuardedCounter(options);
}

class GuardedCounter implements TokenKernel {
  readonly #options: TokenKernelOptions;
  #counter: WasmCounter | null = null;
  #answers = 0;
  #traps = 0;

  constructor(options: TokenKernelOptions) {
    this.#options = options;
  }

  countUpTo(text: string, limit: number): number | null {
    try {
      return this.#note(this.#instance()?.countUpTo(text, limit) ?? null);
    } catch {
      return this.#throwAway();
    }
  }

  prefixWithin(text: string, maxTokens: number): number | null {
    try {
      return this.#note(this.#instance()?.prefixWithin(text, maxTokens) ?? null);
    } catch {
      return this.#throwAway();
    }
  }

  encode(text: string): readonly number[] | null {
    try {
      return this.#note(this.#instance()?.encode(text) ?? null);
    } catch {
      return this.#throwAway();
    }
  }

  contents(): TableContents {
    return readTables(this.#options.tables);
  }

  answerCount(): number {
    return this.#answers;
  }

  trapCount(): number {
    return this.#traps;
  }

  #note<Answer>(answer: Answer | null): Answer | null {
    if (answer !== null) this.#answers++;
    return answer;
  }

  #instance(): WasmCounter | null {
    if (this.#counter !== null || this.#traps >= MAX_TRAPS) return this.#counter;
    const { tables, owner, open = openCounter } = this.#options;
    this.#counter = open(tables, owner);
    return this.#counter;
  }

  /** What a trap leaves behind may be anything, so nobody looks at it again. The tables are only ever read. */
  #throwAway(): null {
    this.#traps++;
    this.#counter = null;
    releaseRegions(this.#options.tables.memory, this.#options.owner);
    return null;
  }
}

function openCounter(tables: CounterTables, owner: number): WasmCounter | null {
  const module = attachCounter(tables, owner);
  return module === null ? null : new WasmCounter(module, tables.memory);
}
