import { z } from 'zod';
import {
  type ArchivedContent,
  archivedContentSchema,
  contentName,
} from '../domain/archived-content.ts';
import { InvalidInput, InvalidSessionOperation } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { ArchiveGarbage, ContentArchive } from '../runtime/content-archive.ts';
import { artifactsNamed } from './named-content.ts';
import { readEvents } from './session-reader.ts';
import type { SessionHandle } from './session-handle.ts';

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
  /** Content that is stored under other sessions and that records of this one name, up to a position. */
  readonly #named = new Set<string>();
  #namedUpTo = 0;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /**
   * All of the content that an event of this session names as its `archive`; null when it is gone. What was no text, or
   * one with half a character in it, is JSON (`mimeType`).
   * @throws INVALID_INPUT also for what no event of this session names, INVALID_SESSION_OPERATION without an artifact store or when
   * the session belongs to another user than the manager says, SESSION_NOT_FOUND, CORRUPT_RECORD when it is damaged, STORAGE_ERROR
   */
  async read(content: ArchivedContent): Promise<string | null> {
    const parsed = parseInput(archivedContentSchema, content, 'content');
    const { runtime, key } = this.#handle;
    return runtime.operation(async () => {
      const archive = this.#archive;
      const state = await this.#handle.findState();
      if (state === null) return this.#handle.emptyUnlessKnown(null);
      if (!(await this.#isNamed(parsed, state))) throw notNamed();
      return archive.readAll(key.tenant, parsed);
    });
  }

  /**
   * Removes what was stored for records that never came, because a process ended or a store failed in between.
   * @throws INVALID_INPUT, INVALID_SESSION_OPERATION without an artifact store, SESSION_NOT_FOUND, STORAGE_ERROR
   */
  async collect(options: CollectOptions = {}): Promise<ArchiveGarbage> {
    const { graceMs = DEFAULT_GRACE_MS } = parseInput(collectSchema, options, 'options');
    const { runtime, key } = this.#handle;
    return runtime.operation(async () => {
      const archive = this.#archive;
      // Before the records are read: what comes later is younger than that. What is as old as the grace goes too.
      const storedBeforeMs = runtime.clock.nowMs() - graceMs + 1;
      const { version } = await this.#handle.requireState();
      const named = await artifactsNamed(this.#handle.source, version);
      return archive.collect(key, named, storedBeforeMs);
    });
  }

  /** Whether content is the session's; that of a fork's origin, and what came with an import, is stored under another one. */
  async #isNamed(content: ArchivedContent, { version }: SessionState): Promise<boolean> {
    if (content.sessionId === this.#handle.key.sessionId) return true;
    const name = contentName(content);
    if (this.#named.has(name) || this.#namedUpTo >= version) return this.#named.has(name);
    const range = { fromPosition: this.#namedUpTo + 1, toPosition: version };
    for await (const { archive } of readEvents(this.#handle.source, range))
      if (archive !== undefined) this.#named.add(contentName(archive));
    this.#namedUpTo = Math.max(this.#namedUpTo, version);
    return this.#named.has(name);
  }

  get #archive(): ContentArchive {
    const { runtime, key } = this.#handle;
    if (runtime.archive !== null) return runtime.archive;
    const reason = 'the runtime was opened without an artifact store';
    throw new InvalidSessionOperation({ operation: 'archive', reason, sessionId: key.sessionId });
  }
}

function notNamed(): InvalidInput {
  return new InvalidInput({ field: 'content', expected: 'content that this session names' });
}
