import type { TextCopier } from './text-copier.ts';
import { hashText64, type TextHash } from './text-hash.ts';

/** Writers are few, one per runtime; a flood of names only costs the sharing of equal texts. */
const MAX_NAMES = 1024;

interface WriterName {
  readonly text: string;
  readonly hash: TextHash;
}

/** Keeps one copy of each writer's name for all the sessions it writes to, and its hash. */
export class WriterNames {
  readonly #names: Map<string, WriterName> = new Map();
  readonly #copier: TextCopier;

  constructor(copier: TextCopier) {
    this.#copier = copier;
  }

  /** The shared copy of a name and its hash. */
  resolve(writer: string): WriterName {
    const known = this.#names.get(writer);
    if (known !== undefined) return known;
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    const name = { text: this.#copier.copy(writer), hash: hashText64(writer) };
    this.#names.set(name.text, name);
    return name;
  }
}
