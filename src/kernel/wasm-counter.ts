import { MAX_IDS, NO_LIMIT, WINDOW_BYTES } from '../../assembly/shared/tokenizer-layout.ts';
import { PagefoldError } from '../domain/errors.ts';
import type { CounterMemory, CounterModule } from './counter-module.ts';
import { TextFeed, windowsOf } from './text-feed.ts';
import type { CounterWindows } from './text-feed.ts';

/** Most bytes that a UTF-16 unit takes. */
const WIDEST_UNIT = 3;
const PROBES = 8;

const encoder = /* @__PURE__ */ new TextEncoder();

/** Counts over one instance of the module. Null is an answer: another thread has the large window that the text needs. */
export class WasmCounter {
  readonly #module: CounterModule;
  readonly #windows: CounterWindows;
  readonly #ids: Uint32Array;

  constructor(module: CounterModule, memory: CounterMemory) {
    this.#module = module;
    this.#windows = windowsOf(module, memory);
    this.#ids = new Uint32Array(memory.buffer, module.idsAddress(), MAX_IDS);
  }

  /** The number of tokens, but stops early and returns `limit + 1` once there are more than `limit`. */
  countUpTo(text: string, limit: number): number | null {
    if (likelyBytes(text) > WINDOW_BYTES) return this.#countLong(text, limit);
    const { read, written } = encoder.encodeInto(text, this.#windows.own);
    if (read < text.length) return this.#countLong(text, limit);
    const tokens = checked(this.#module.countWindow(written, 1, toWhole(limit)));
    return tokens > limit ? limit + 1 : tokens;
  }

  /** The length in UTF-16 units of a prefix that takes about `maxTokens`, see TextMeter. */
  prefixWithin(text: string, maxTokens: number): number | null {
    const feed = new TextFeed(this.#module, this.#windows, text);
    try {
      let left = maxTokens;
      while (feed.fill()) {
        const tokens = this.#countFilled(feed, left);
        if (tokens > left) return this.#cut(feed, left, tokens);
        left -= tokens;
        if (!feed.advance(this.#module.takenBytes())) return null;
      }
      return text.length;
    } finally {
      feed.close();
    }
  }

  /** The ids of the tokens of a text. */
  encode(text: string): number[] | null {
    const ids: number[] = [];
    const feed = new TextFeed(this.#module, this.#windows, text);
    try {
      while (feed.fill()) {
        if (!feed.advance(this.#encodeWindow(feed, ids))) return null;
      }
      return ids;
    } finally {
      feed.close();
    }
  }

  #countLong(text: string, limit: number): number | null {
    const feed = new TextFeed(this.#module, this.#windows, text);
    try {
      let total = 0;
      while (feed.fill()) {
        total += this.#countFilled(feed, limit - total);
        if (total > limit) return limit + 1;
        if (!feed.advance(this.#module.takenBytes())) return null;
      }
      return total;
    } finally {
      feed.close();
    }
  }

  #countFilled(feed: TextFeed, limit: number): number {
    // With a limit of 0 it stops after one piece.
    const upTo = feed.isCut ? 0 : toWhole(limit);
    return checked(this.#module.countWindow(feed.bytes, feed.isLast ? 1 : 0, upTo));
  }

  /** Cuts inside the piece with which the latest count went over the limit: `over` is that count. */
  #cut(feed: TextFeed, maxTokens: number, over: number): number {
    const module = this.#module;
    const start = module.bytesBeforeLastPiece();
    const left = maxTokens - over + module.tokensOfLastPiece();
    const taken = checked(module.cutPiece(start, module.takenBytes() - start, left));
    return feed.units - checked(module.unitsBetween(start + taken, feed.bytes));
  }

  #encodeWindow(feed: TextFeed, ids: number[]): number {
    const module = this.#module;
    const isLast = feed.isLast ? 1 : 0;
    let at = 0;
    while (at < feed.bytes) {
      const tokens = checked(module.openPiece(at, feed.bytes, isLast));
      if (tokens === 0) break;
      for (let written = 0; written < tokens;) {
        const count = checked(module.writeIds());
        ids.push(...this.#ids.subarray(0, count));
        written += count;
      }
      at += module.openPieceBytes();
      if (feed.isCut) break;
    }
    return at;
  }
}

/**
 * UTF-8 bytes of a text that is as wide throughout as where it is looked at. Writing 20,000 accents to a window that they do not
 * fit takes 36 µs of the 325 that they take in all.
 */
function likelyBytes(text: string): number {
  const { length } = text;
  if (length * WIDEST_UNIT <= WINDOW_BYTES) return length;
  let bytes = 0;
  for (let probe = 0; probe < PROBES; probe++) {
    const unit = text.charCodeAt(Math.floor((probe * length) / PROBES));
    bytes += unit < 0x80 ? 1 : unit < 0x8_00 ? 2 : WIDEST_UNIT;
  }
  return (bytes * length) / PROBES;
}

function toWhole(limit: number): number {
  return Math.min(limit, NO_LIMIT);
}

function checked(status: number): number {
  if (status >= 0) return status;
  throw new PagefoldError('SESSION_MANAGER_ERROR', `The token counter refused a call: ${status}.`);
}
