import type { SessionKey } from '../../domain/ids.ts';
import { outlinePage } from './page-outline.ts';
import type { CountText, PageOutline } from './page-outline.ts';

/** Gives the outline of a text, from memory where it can. */
export type OutlineText = (text: string) => PageOutline;

/** What an outline is counted with. */
export interface OutlineCounting {
  /** Tells counters apart: the same text has other outlines for other models. */
  readonly model: string;
  readonly countTokens: CountText;
  /** The session whose text it is. Default: nobody's. */
  readonly owner?: SessionKey | undefined;
}

/** How much is remembered. */
export interface OutlineMemoOptions {
  /** Default: no limit of their number. */
  readonly maxOutlines?: number | undefined;
  /** Characters of all texts together. Default 4,000,000; an outline takes some ten times the memory of its text. */
  readonly maxLength?: number | undefined;
}

interface Known {
  readonly model: string;
  readonly outline: PageOutline;
  /** Who asked for it last. */
  owner: SessionKey | null;
  /** When that was, in ages. */
  age: number;
}

const DEFAULT_MAX_LENGTH = 4_000_000;

/**
 * Remembers the outlines of texts, those that were used last. A text is told by what it says and not by its page, so that a fork
 * finds what was found out about its origin.
 */
export class OutlineMemo {
  readonly #maxOutlines: number;
  readonly #maxLength: number;
  /** In the order of use, the latest last. */
  readonly #known = new Map<string, Known>();
  #length = 0;
  #age = 0;

  constructor({ maxOutlines = Infinity, maxLength = DEFAULT_MAX_LENGTH }: OutlineMemoOptions = {}) {
    this.#maxOutlines = maxOutlines;
    this.#maxLength = maxLength;
  }

  /** How many outlines are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** The outline of a text. */
  outline(text: string, counting: OutlineCounting): PageOutline {
    const { model, countTokens, owner = null } = counting;
    const known = this.#known.get(text);
    const isKnown = known !== undefined && known.model === model;
    const entry: Known = isKnown
      ? known
      : { model, outline: outlinePage(text, countTokens), owner, age: 0 };
    entry.owner = owner;
    entry.age = this.#age;
    if (this.#known.delete(text)) this.#length -= text.length;
    this.#known.set(text, entry);
    this.#length += text.length;
    if (!isKnown) this.#trim();
    return entry.outline;
  }

  /** Forgets the texts of sessions: those that they used last. */
  forget(isMeant: (owner: SessionKey) => boolean): void {
    this.#remove(({ owner }) => owner !== null && isMeant(owner));
  }

  /** Begins another age, and forgets what was not used in the one before. */
  turn(): void {
    this.#remove(({ age }) => age < this.#age);
    this.#age += 1;
  }

  #remove(isMeant: (known: Known) => boolean): void {
    for (const [text, known] of this.#known) {
      if (!isMeant(known)) continue;
      this.#known.delete(text);
      this.#length -= text.length;
    }
  }

  #trim(): void {
    for (const text of this.#known.keys()) {
      if (this.#known.size <= this.#maxOutlines && this.#length <= this.#maxLength) return;
      this.#known.delete(text);
      this.#length -= text.length;
    }
  }
}
