import type { ToolLogEntry } from './tool-log-entry.ts';

/** The latest calls, by id and by tool; the oldest leave. */
export class ToolLog {
  readonly #maxEntries: number;
  readonly #entries = new Map<string, ToolLogEntry>();
  readonly #idsByTool = new Map<string, Set<string>>();
  #latestIds: readonly string[] = [];

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** Adds a call at the end. */
  append(entry: ToolLogEntry): void {
    const { id, toolName } = entry;
    this.#entries.set(id, entry);
    const ids = this.#idsByTool.get(toolName) ?? new Set();
    this.#idsByTool.set(toolName, ids.add(id));
    this.#latestIds = [...this.#latestIds, id].slice(-LATEST);
    for (const oldest of this.#entries.values()) {
      if (this.#entries.size <= this.#maxEntries) return;
      this.#remove(oldest);
    }
  }

  /** Puts an entry in the place of the one with its id. */
  replace(entry: ToolLogEntry): void {
    if (this.#entries.has(entry.id)) this.#entries.set(entry.id, entry);
  }

  /** The entry of an id. */
  get(id: string): ToolLogEntry | null {
    return this.#entries.get(id) ?? null;
  }

  /** All entries, the oldest first. */
  all(): readonly ToolLogEntry[] {
    return [...this.#entries.values()];
  }

  /** So many entries of the end, the oldest of them first. */
  latest(count: number): readonly ToolLogEntry[] {
    if (count <= 0) return [];
    if (count > LATEST) return this.all().slice(-count);
    return this.#latestIds.slice(-count).flatMap((id) => this.#entries.get(id) ?? []);
  }

  /** All entries, or those of one tool, the latest first. */
  latestFirst(toolName?: string): readonly ToolLogEntry[] {
    if (toolName === undefined) return this.all().toReversed();
    const ids = [...(this.#idsByTool.get(toolName) ?? [])];
    return ids.toReversed().flatMap((id) => this.#entries.get(id) ?? []);
  }

  #remove({ id, toolName }: ToolLogEntry): void {
    this.#entries.delete(id);
    const ids = this.#idsByTool.get(toolName);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsByTool.delete(toolName);
  }
}

/** Entries of the end that are at hand without a walk. */
const LATEST = 32;
