import {
  CONTROL_LARGE_LOCK,
  LARGE_WINDOW_AT,
  LARGE_WINDOW_BYTES,
  WINDOW_BYTES,
} from '../../assembly/shared/tokenizer-layout.ts';
import type { CounterMemory, CounterModule } from './counter-module.ts';
import { controlWords } from './counter-tables.ts';

const encoder = /* @__PURE__ */ new TextEncoder();

/** Most bytes that a UTF-16 unit or a pair of them takes: a window with less room than that is full. */
const WIDEST_CHARACTER = 4;

/**
 * A piece that has reached so many bytes is a run of something that will hardly end in the window either. It is looked at
 * once more from its beginning whenever it does not, so it goes to the large window at once: 40 KB of one or two signs
 * take up to 40 % less time.
 */
const LONG_PIECE_BYTES = 2048;

/** What a text begins with is looked at alone, so that a long piece there is known soon; little, since it is looked at again then. */
const FIRST_BYTES = LONG_PIECE_BYTES + 256;

/** Views of the memory, made once for all texts: 20 KB of capitals took 12 µs with views of their own, now 8. */
export interface CounterWindows {
  /** The window of the thread. */
  readonly own: Uint8Array;
  /** The beginning of it. */
  readonly first: Uint8Array;
  /** The window that all threads share. */
  readonly large: Uint8Array;
  readonly control: Int32Array;
}

/** The windows that a module counts in. */
export function windowsOf(module: CounterModule, memory: CounterMemory): CounterWindows {
  const address = module.windowAddress();
  return {
    own: new Uint8Array(memory.buffer, address, WINDOW_BYTES),
    first: new Uint8Array(memory.buffer, address, FIRST_BYTES),
    large: new Uint8Array(memory.buffer, LARGE_WINDOW_AT, LARGE_WINDOW_BYTES),
    control: controlWords(memory),
  };
}

/**
 * Gives a text to a counter, a window at a time. What the counter leaves of a window, a piece that may go on behind it,
 * is written again at the beginning of the next one: a view of the room behind it would take 10 µs to make, more than that. A long
 * piece goes to the large window, which one thread at a time may use, for as much text as that takes; while another has it, a
 * piece that fits a small one stays there. One that fills the large one too is cut, see MAX_PIECE_BYTES.
 */
export class TextFeed {
  readonly #module: CounterModule;
  readonly #windows: CounterWindows;
  readonly #text: string;
  #window: Uint8Array;
  /** UTF-16 units that the counter has taken, and those up to the end of the window. */
  #taken = 0;
  #units = 0;
  #bytes = 0;
  #isLarge = false;
  #isCut = false;

  constructor(module: CounterModule, windows: CounterWindows, text: string) {
    this.#module = module;
    this.#windows = windows;
    this.#text = text;
    this.#window = text.length > FIRST_BYTES ? windows.first : windows.own;
  }

  /** Bytes in the window. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the counter must take all of the window: the end of the text, or of what a piece may have. */
  get isLast(): boolean {
    return this.#units === this.#text.length || this.#isCut;
  }

  /** Whether only the first piece of the window may be taken, as it reaches beyond what a piece may depend on. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** UTF-16 units of the text up to the end of the window. */
  get units(): number {
    return this.#units;
  }

  /** Fills the window; false when the whole text has been taken. */
  fill(): boolean {
    if (this.#taken === this.#text.length) return false;
    if (this.#isCut) return true;
    const rest = this.#taken === 0 ? this.#text : this.#text.slice(this.#taken);
    const { read, written } = encoder.encodeInto(rest, this.#window);
    this.#units = this.#taken + read;
    this.#bytes = written;
    return true;
  }

  /** Goes on behind the bytes that the counter has taken; false when another thread has the large window. */
  advance(taken: number): boolean {
    const left = this.#bytes - taken;
    this.#isCut = false;
    if (taken > 0) this.#taken = this.#units - this.#module.unitsBetween(taken, this.#bytes);
    else if (this.#isFull()) return this.#makeRoom();
    if (left >= LONG_PIECE_BYTES) this.#enterLarge();
    else this.close();
    if (!this.#isLarge) this.#window = this.#windows.own;
    return true;
  }

  /** Leaves the large window to other threads. */
  close(): void {
    if (!this.#isLarge) return;
    this.#isLarge = false;
    this.#module.leaveLarge();
    Atomics.store(this.#windows.control, CONTROL_LARGE_LOCK / 4, 0);
  }

  /** Whether there is no room for a character more; there always is where a text begins. */
  #isFull(): boolean {
    const { first } = this.#windows;
    return this.#window !== first && this.#bytes + WIDEST_CHARACTER > this.#window.length;
  }

  #makeRoom(): boolean {
    if (!this.#isLarge) return this.#enterLarge();
    this.#isCut = true;
    return true;
  }

  /** Goes on in the large window; false when another thread has it. */
  #enterLarge(): boolean {
    if (this.#isLarge) return true;
    const { own, large, control } = this.#windows;
    // The address of the thread's own window says whose it is, should the thread end meanwhile.
    const holder = own.byteOffset;
    if (Atomics.compareExchange(control, CONTROL_LARGE_LOCK / 4, 0, holder) !== 0) return false;
    this.#isLarge = true;
    this.#module.enterLarge();
    this.#window = large;
    return true;
  }
}
