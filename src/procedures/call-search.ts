import { canonicalJson } from '../domain/canonical-json.ts';
import type { JsonObject } from '../domain/json.ts';
import { SearchIndex } from '../memory/search/search-index.ts';
import type { ToolLog } from './tool-log.ts';
import type { ToolLogEntry } from './tool-log-entry.ts';

const MAX_LIMIT = 1_000;

/** Finds calls by the words of their arguments, goals and failures; indexes them only when somebody searches. */
export class CallSearch {
  readonly #maxEntries: number;
  #index: SearchIndex;
  #lastId: string | null = null;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
    this.#index = this.#emptyIndex();
  }

  /** Takes in the calls since the last time. */
  update(log: ToolLog): void {
    const fresh: ToolLogEntry[] = [];
    for (const entry of log.latestFirst()) {
      if (entry.id === this.#lastId) break;
      fresh.push(entry);
    }
    for (const entry of fresh.toReversed()) this.#index.add({ id: entry.id, text: textOf(entry) });
    this.#lastId = fresh[0]?.id ?? this.#lastId;
  }

  /** The ids of the calls that are most like a text or arguments, the best first. */
  find(query: string | JsonObject, limit: number): readonly string[] {
    if (limit <= 0) return [];
    const text = typeof query === 'string' ? query : canonicalJson(query);
    return this.#index
      .search(text, { limit: Math.min(limit, MAX_LIMIT) })
      .map(({ page }) => page.id);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#index = this.#emptyIndex();
    this.#lastId = null;
  }

  #emptyIndex(): SearchIndex {
    return new SearchIndex({ maxPages: this.#maxEntries });
  }
}

function textOf(entry: ToolLogEntry): string {
  const parts = [
    entry.toolName,
    canonicalJson(entry.arguments),
    entry.contextGoal,
    entry.errorMessage,
  ];
  return parts.filter((part) => part !== null).join('\n');
}
