import { z } from 'zod';
import { argumentsHash } from '../domain/canonical-json.ts';
import { StorageError } from '../domain/errors.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import { GUARD_METADATA } from '../domain/guard-note.ts';
import type { ToolStateOptions } from '../guards/tool-state-options.ts';
import { TOOL_STATE_KIND } from '../runtime/content-archive.ts';
import type { SessionHandle } from './session-handle.ts';
import { readEvents } from './session-reader.ts';
import { ToolLog } from './tool-log.ts';

/** Records after which what a log says of tools is stored anew; to fold so many takes about ten milliseconds. */
const INTERVAL = 256;
/** How many records are looked through for the name of a snapshot: others may have recorded while one was stored. */
const LOOKS = [INTERVAL + 16, 3 * INTERVAL] as const;
/** The form of snapshots; those of the first one say nothing of answers, and those of the second hold fewer of the numbers that people wrote. */
const FORM = 3;
/** The part of the guards' metadata that names a snapshot. */
const SNAPSHOT = 'snapshot';

const storedSchema = z.strictObject({
  version: z.number(),
  lifeId: z.string(),
  settings: z.string(),
  log: z.unknown(),
});

/** A snapshot that no record names yet. */
export interface StoredSnapshot {
  readonly name: string;
  /** What names it in the guards' metadata of a record. */
  readonly entry: JsonObject;
}

interface Observed {
  readonly event: SessionEvent;
  readonly position: number;
}

/**
 * Keeps what a log says of the tools of its session beside the log, among the artifacts of the runtime, and its name in the log.
 * It is made of the log alone, never of a state that somebody works with, so that to go on from it and to fold the whole log give
 * the same. Where there is none, or one that cannot be used, the log is folded.
 */
export class ToolSnapshots {
  readonly #handle: SessionHandle;
  readonly #options: ToolStateOptions;
  readonly #settings: string;
  /** What the latest snapshot, or the log as it was found, says; what came since is in the tail. */
  #base: ToolLog | null = null;
  #tail: Observed[] = [];
  /** The name of the latest snapshot. */
  #stored: string | null = null;

  constructor(handle: SessionHandle, options: ToolStateOptions) {
    this.#handle = handle;
    const { mode, limits, toolLimits, runaway, bindings, cache, tools } = options;
    this.#options = { mode, limits, toolLimits, runaway, bindings, cache, tools };
    this.#settings = settingsHash(options);
  }

  /**
   * The log up to a snapshot, where one is named among its latest records and can be used; else null.
   * @throws what the store of the log rejects with.
   */
  async find(version: number, lifeId: string): Promise<ToolLog | null> {
    const { toolArchive: archive } = this.#handle.runtime;
    if (archive === null || version <= INTERVAL) return null;
    const name = await this.#latestName(version);
    if (name === null) return null;
    try {
      const text = await archive.readText(this.#handle.key, name);
      if (text === null) return null;
      const log = this.#parse(text, { version, lifeId });
      if (log !== null) this.#stored = name;
      return log;
    } catch (error) {
      this.#handle.runtime.warn('TOOL_SNAPSHOT_UNUSABLE', error, this.#handle.key);
      return null;
    }
  }

  /** From here on the log is followed: what the given one says is where it starts. */
  start(log: ToolLog): void {
    if (this.#handle.runtime.toolArchive === null) return;
    this.#base = this.#copyOf(log);
    this.#tail = [];
  }

  /** Notes an event that was taken in. */
  note(event: SessionEvent, position: number): void {
    if (this.#base !== null) this.#tail.push({ event, position });
  }

  /** Whether so much was recorded since the latest one that it is time for another. */
  get isDue(): boolean {
    return this.#tail.length >= INTERVAL;
  }

  /** Stores a snapshot, to be named by the next record, and told of what became of that; null when there is none. Never fails. */
  async store(): Promise<StoredSnapshot | null> {
    const base = this.#base;
    const { toolArchive: archive } = this.#handle.runtime;
    const { lifeId } = this.#handle.source;
    if (base === null || archive === null || lifeId === undefined) return null;
    const tail = this.#tail;
    this.#tail = [];
    for (const { event, position } of tail) base.observe(event, position);
    const stored = { version: FORM, lifeId, settings: this.#settings, log: base.snapshot() };
    try {
      const name = await archive.putText(this.#handle.key, JSON.stringify(stored), TOOL_STATE_KIND);
      return { name, entry: { [SNAPSHOT]: name } };
    } catch (error) {
      this.#handle.runtime.warn('TOOL_SNAPSHOT_FAILED', error, this.#handle.key);
      return null;
    }
  }

  /** The record that names a snapshot is there: the one before is named further back than anybody looks. Never fails. */
  async noteRecorded({ name }: StoredSnapshot): Promise<void> {
    const before = this.#stored;
    this.#stored = name;
    if (before !== null && before !== name) await this.#remove(before);
  }

  /** The record did not come to be, as when the session was deleted meanwhile: nothing of it may stay. Never fails. */
  async noteRefused({ name }: StoredSnapshot): Promise<void> {
    if (name !== this.#stored) await this.#remove(name);
  }

  async #remove(name: string): Promise<void> {
    const { toolArchive, warn } = this.#handle.runtime;
    try {
      await toolArchive?.removeText(this.#handle.key, name);
    } catch (error) {
      warn('TOOL_SNAPSHOT_FAILED', error, this.#handle.key);
    }
  }

  async #latestName(version: number): Promise<string | null> {
    let toPosition = version;
    for (const length of LOOKS) {
      const fromPosition = Math.max(1, toPosition - length + 1);
      let name: string | null = null;
      const range = { fromPosition, toPosition };
      // In order: the latest records name one nearly always.
      for await (const event of readEvents(this.#handle.source, range))
        name = snapshotNamedBy(event) ?? name;
      if (name !== null || fromPosition === 1) return name;
      toPosition = fromPosition - 1;
    }
    return null;
  }

  #parse(
    text: string,
    { version, lifeId }: { readonly version: number; readonly lifeId: string },
  ): ToolLog | null {
    const stored = parseInput(storedSchema, JSON.parse(text), 'snapshot');
    // Of another form, of a session that had the id before, or of other options: nothing is wrong, and it is of no use.
    if (stored.version !== FORM || stored.lifeId !== lifeId) return null;
    if (stored.settings !== this.#settings) return null;
    const log = new ToolLog(this.#options);
    log.restore(stored.log);
    if (log.position <= version) return log;
    const message = 'a snapshot of tools is ahead of its log';
    throw new StorageError({ code: 'CORRUPT_RECORD', message });
  }

  #copyOf(log: ToolLog): ToolLog {
    const copy = new ToolLog(this.#options);
    copy.restore(log.snapshot());
    return copy;
  }
}

/** The snapshot of tools that an event names; null when it names none. */
export function snapshotNamedBy({ metadata }: SessionEvent): string | null {
  const guards = metadata[GUARD_METADATA];
  const name = isJsonObject(guards) ? guards[SNAPSHOT] : undefined;
  return typeof name === 'string' ? name : null;
}

/** Stands for the options that a fold depends on. Of a function of the service's own only that there is one. */
function settingsHash(options: ToolStateOptions): string {
  const { mode, limits, toolLimits, runaway, bindings, cache, tools } = options;
  const text = JSON.stringify(
    { mode, limits, toolLimits, runaway, bindings, cache, tools },
    (_key, value: unknown) => (value === Infinity ? 'Infinity' : value),
  );
  const hasOwnClassifier = tools?.classify !== undefined;
  return argumentsHash(parseJsonObject({ text, hasOwnClassifier }, 'options'));
}
