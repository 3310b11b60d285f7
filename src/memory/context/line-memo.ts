import type { MemoryPage } from '../../domain/memory-page.ts';
import { textTokens } from '../message-tokens.ts';
import { contextLine } from './context-line.ts';
import type { ContextEntry } from './context-plan.ts';
import { fnvHash } from './fnv-hash.ts';
import type { NamedSettings } from './stretch-settings.ts';

/** A line of a block, counted and hashed. */
export interface WrittenLine {
  readonly line: string;
  readonly tokens: number;
  readonly hash: string;
}

interface KnownLine {
  readonly settings: string;
  readonly level: number;
  readonly text: string;
  readonly written: WrittenLine;
}

/**
 * Remembers the latest line of each page, by the identity of the page: content that changes makes another page. Nothing is held for
 * a page that nobody else holds.
 */
export class LineMemo {
  readonly #known = new WeakMap<MemoryPage, KnownLine>();

  /** The line of an entry; the same object for as long as it is written in the same way. */
  write({ page, level, text }: ContextEntry, settings: NamedSettings): WrittenLine {
    const { name, counting, lines } = settings;
    const known = this.#known.get(page);
    if (known?.settings === name && known.level === level && known.text === text)
      return known.written;
    const line = contextLine({ page, level, text }, lines);
    const written = { line, tokens: textTokens(line, counting), hash: fnvHash(line) };
    this.#known.set(page, { settings: name, level, text, written });
    return written;
  }
}
