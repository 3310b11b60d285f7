import { z } from 'zod';
import { type ArchivedContent, archivedContentSchema } from '../domain/archived-content.ts';
import { InvalidSessionOperation } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import type { ArchiveGarbage, ContentArchive } from '../runtime/content-archive.ts';
import { readEvents } from './session-reader.ts';
import type { SessionHandle } from './session-handle.ts';
import { snapshotNamedBy } from './tool-snapshots.ts';

/** How artifacts that no record names are collected. */
export interface CollectOptions {
  /** The age from which an artifact without a record goes, in milliseconds; a younger one may be on its way. Default an hour. */
  readonly graceMs?: number | undefined;
}

const DEFAULT_GRACE_MS = 3_600_000;

const collectSchema = z.strictObject({ graceMs: z.number().nonnegative().optional() });

/** Content of a session that was too large for its records: long texts, and long results of tools. */
export class SessionArchive {
  readonly #handle: SessionHandle;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /**
   * All of the content that an event names as its `archive`; null when it is gone. What was no text is JSON.
   * @throws INVALID_INPUT, INVALID_SESSION_OPERATION without an artifact store, CORRUPT_RECORD when it is damaged, STORAGE_ERROR
   */
  async read(content: ArchivedContent): Promise<string | null> {
    const parsed = parseInput(archivedContentSchema, content, 'content');
    return this.#archive.readAll(this.#handle.key.tenant, parsed);
  }

  /**
   * Removes what was stored for records that never came, because a process ended or a store failed in between.
   * @throws INVALID_INPUT, INVALID_SESSION_OPERATION without an artifact store, SESSION_NOT_FOUND, STORAGE_ERROR
   */
  async collect(options: CollectOptions = {}): Promise<ArchiveGarbage> {
    const { graceMs = DEFAULT_GRACE_MS } = parseInput(collectSchema, options, 'options');
    const archive = this.#archive;
    const { runtime, key } = this.#handle;
    return runtime.operation(async () => {
      // Before the records are read: what comes later is younger than that. What is as old as the grace goes too.
      const storedBeforeMs = runtime.clock.nowMs() - graceMs + 1;
      const { version } = await this.#handle.requireState();
      const named = new Set<string>();
      const range = { fromPosition: 1, toPosition: version };
      for await (const event of readEvents(this.#handle.source, range)) {
        if (event.archive !== undefined) named.add(event.archive.artifactId);
        const snapshot = snapshotNamedBy(event);
        if (snapshot !== null) named.add(snapshot);
      }
      return archive.collect(key, named, storedBeforeMs);
    });
  }

  get #archive(): ContentArchive {
    const { runtime, key } = this.#handle;
    if (runtime.archive !== null) return runtime.archive;
    const reason = 'the runtime was opened without an artifact store';
    throw new InvalidSessionOperation({ operation: 'archive', reason, sessionId: key.sessionId });
  }
}
