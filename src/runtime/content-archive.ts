import { contentId, sumContent } from '../artifacts/artifact-content.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import {
  type ArchivedContent,
  type ArchivedPart,
  partBytesFor,
  partId,
} from '../domain/archived-content.ts';
import type { NewEvent } from '../domain/command.ts';
import { PagefoldError } from '../domain/errors.ts';
import { fingerprintOf } from '../domain/event-fingerprint.ts';
import type { SessionKey } from '../domain/ids.ts';
import { type LargeContent, withExcerpt } from '../domain/large-content.ts';

/** Tells what this archive stored from other artifacts of a session. */
const METADATA = { kind: 'archived-content' } as const;
/** The kind of what is known of tools up to some record. */
export const TOOL_STATE_KIND = 'tool-state';
/** What records name, and is of no use once none does. */
const NAMED_KINDS: ReadonlySet<unknown> = new Set([METADATA.kind, TOOL_STATE_KIND]);
/** A character in UTF-8 has at most so many bytes besides its first. */
const MAX_REST = 3;

/** What a collection of artifacts that no record names did. */
export interface ArchiveGarbage {
  readonly examined: number;
  readonly removed: number;
  readonly freedBytes: number;
}

/** What a removal of what a session has in the store did. */
export interface RemovedContent {
  readonly removed: number;
  readonly freedBytes: number;
  /** Artifacts that were put too late to go. */
  readonly young: number;
}

/** Keeps content that is too large for records. It is stored before the record that names it, so a name always has content. */
export class ContentArchive {
  readonly #store: ArtifactStore;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /**
   * Stores the content of an event; what is to be recorded instead.
   * @throws what the store rejects with.
   */
  async put(
    { tenant, sessionId }: SessionKey,
    event: Pick<NewEvent, 'message' | 'type' | 'source'>,
    content: LargeContent,
  ): Promise<Required<Pick<NewEvent, 'message' | 'archive'>>> {
    const bytes = Buffer.from(content.text, 'utf8');
    const { mimeType } = content;
    const stored = { tenant, sessionId, bytes, mimeType, metadata: METADATA };
    const { artifactId } = await this.#store.put(stored);
    const sizeBytes = bytes.length;
    const partBytes = partBytesFor(sizeBytes);
    const fingerprint = fingerprintOf(event);
    const place = { sessionId, artifactId, mimeType };
    const archive: ArchivedContent = { ...place, sizeBytes, partBytes, fingerprint };
    return { message: withExcerpt(event, content, archive), archive };
  }

  /**
   * The texts of parts by the ids of their pages; a part that is gone or damaged is left out.
   * @throws what else the store rejects with.
   */
  async read(tenant: string, parts: readonly ArchivedPart[]): Promise<ReadonlyMap<string, string>> {
    const texts = await Promise.all(parts.map((part) => this.#readPart(tenant, part)));
    const found = parts.flatMap((part, at): [string, string][] => {
      const text = texts[at] ?? null;
      return text === null ? [] : [[partId(part), text]];
    });
    return new Map(found);
  }

  /** All of some content; null when it is gone. @throws CORRUPT_RECORD, and what else the store rejects with. */
  async readAll(tenant: string, content: ArchivedContent): Promise<string | null> {
    const { sessionId, artifactId } = content;
    const artifact = await this.#store.get({ tenant, sessionId, artifactId });
    return artifact === null ? null : Buffer.from(artifact.bytes).toString('utf8');
  }

  /** Whether some content is there, damaged or not. @throws what the store rejects with. */
  async has(tenant: string, { sessionId, artifactId }: ArchivedContent): Promise<boolean> {
    return this.#store.has({ tenant, sessionId, artifactId });
  }

  /** Stores content that a record names already; false, and nothing happens, when it is not that. @throws what the store rejects with. */
  async restore(
    { tenant, sessionId }: SessionKey,
    { artifactId, mimeType }: ArchivedContent,
    bytes: Uint8Array,
  ): Promise<boolean> {
    if (contentId(mimeType, sumContent(bytes)) !== artifactId) return false;
    await this.#store.put({ tenant, sessionId, bytes, mimeType, metadata: METADATA });
    return true;
  }

  /** Stores a text of a session's own that no record has the beginning of; its name. @throws what the store rejects with. */
  async putText({ tenant, sessionId }: SessionKey, text: string, kind: string): Promise<string> {
    const bytes = Buffer.from(text, 'utf8');
    const stored = { tenant, sessionId, bytes, mimeType: 'application/json', metadata: { kind } };
    return (await this.#store.put(stored)).artifactId;
  }

  /** A text by its name; null when it is gone. @throws CORRUPT_RECORD, and what else the store rejects with. */
  async readText({ tenant, sessionId }: SessionKey, artifactId: string): Promise<string | null> {
    const artifact = await this.#store.get({ tenant, sessionId, artifactId });
    return artifact === null ? null : Buffer.from(artifact.bytes).toString('utf8');
  }

  /** Removes a text; that it is gone already makes no difference. @throws what the store rejects with. */
  async removeText({ tenant, sessionId }: SessionKey, artifactId: string): Promise<void> {
    await this.#store.delete({ tenant, sessionId, artifactId });
  }

  /**
   * Removes what a session had in the store before a time, artifacts of others included; what came since may be of another session
   * that took its id.
   * @throws what the store rejects with.
   */
  async removeSession(
    { tenant, sessionId }: SessionKey,
    storedBeforeMs: number,
  ): Promise<RemovedContent> {
    const key = { tenant, sessionId };
    const found = { removed: 0, freedBytes: 0, young: 0 };
    for await (const entry of this.#store.list(key)) {
      const { artifactId, storedBytes } = entry;
      if (await this.#store.delete({ ...key, artifactId, storedBeforeMs })) {
        found.removed += 1;
        found.freedBytes += storedBytes;
      } else if (entry.kind === 'damaged' || entry.storedAtMs >= storedBeforeMs) {
        found.young += 1;
      }
    }
    return found;
  }

  /** The sessions of a tenant, or of all, that have something in the store. @throws what the store rejects with. */
  sessions(tenant: string | undefined): AsyncIterable<SessionKey> {
    return this.#store.listSessions({ tenant });
  }

  /** Whether a session has something in the store that was put before a time. @throws what the store rejects with. */
  async hasOlder({ tenant, sessionId }: SessionKey, storedBeforeMs: number): Promise<boolean> {
    for await (const entry of this.#store.list({ tenant, sessionId }))
      if (entry.kind === 'artifact' && entry.storedAtMs < storedBeforeMs) return true;
    return false;
  }

  /** Removes what no record names and nobody put since a time. @throws what the store rejects with. */
  async collect(
    { tenant, sessionId }: SessionKey,
    named: ReadonlySet<string>,
    storedBeforeMs: number,
  ): Promise<ArchiveGarbage> {
    const key = { tenant, sessionId };
    const found = { examined: 0, removed: 0, freedBytes: 0 };
    for await (const entry of this.#store.list(key)) {
      if (entry.kind === 'damaged' || !NAMED_KINDS.has(entry.metadata['kind'])) continue;
      const { artifactId, storedBytes } = entry;
      found.examined += 1;
      if (named.has(artifactId)) continue;
      if (!(await this.#store.delete({ ...key, artifactId, storedBeforeMs }))) continue;
      found.removed += 1;
      found.freedBytes += storedBytes;
    }
    return found;
  }

  async #readPart(tenant: string, { content, number }: ArchivedPart): Promise<string | null> {
    const { sessionId, artifactId, partBytes } = content;
    const offset = (number - 1) * partBytes;
    const range = { tenant, sessionId, artifactId, offset, length: partBytes + MAX_REST };
    try {
      const bytes = await this.#store.getRange(range);
      return bytes === null ? null : textOfPart(bytes, { partBytes, isFirst: number === 1 });
    } catch (error) {
      // What is damaged cannot be had, which is no failure of the call that asks for it.
      if (PagefoldError.isInstance(error) && error.code === 'CORRUPT_RECORD') return null;
      throw error;
    }
  }
}

/** The characters that begin in a part. */
function textOfPart(
  bytes: Uint8Array,
  { partBytes, isFirst }: { readonly partBytes: number; readonly isFirst: boolean },
): string {
  const from = isFirst ? 0 : restLength(bytes, 0);
  const to = bytes.length <= partBytes ? bytes.length : partBytes + restLength(bytes, partBytes);
  return Buffer.from(bytes.subarray(from, to)).toString('utf8');
}

/** Bytes from a place on that belong to the character before it. */
function restLength(bytes: Uint8Array, from: number): number {
  let length = 0;
  while (((bytes[from + length] ?? 0) & 0xc0) === 0x80) length += 1;
  return length;
}
