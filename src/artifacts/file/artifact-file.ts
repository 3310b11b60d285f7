import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { SessionKey } from '../../domain/ids.ts';
import { CHUNK_BYTES, chunksOf, sumOf } from '../artifact-content.ts';
import type { ArtifactInfo, ArtifactRef } from '../artifact-store.ts';
import {
  type ArtifactHeader,
  corrupt,
  encodeHeader,
  OWNER_BYTES,
  parseHeader,
  parsePreamble,
  readOwner,
} from './artifact-header.ts';
import { unlessMissing } from './storage-failure.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Read at once from the beginning of a file: the whole header of all but very large artifacts. */
const FIRST_READ_BYTES = 16 * 1024;

/**
 * The file of an artifact: its header, then the chunks. In L3 they are as they came; in L4 each is packed by gzip, and as gzip
 * streams may follow one another, what comes after the header is one such stream.
 */
export async function encodeArtifactFile(
  header: Omit<ArtifactHeader, 'storedSizes'>,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const chunks = chunksOf(bytes);
  const stored =
    header.tier === 'L4' ? await Promise.all(chunks.map((chunk) => pack(chunk))) : chunks;
  const storedSizes = stored.map(({ length }) => length);
  return Buffer.concat([encodeHeader({ ...header, storedSizes }), ...stored]);
}

/**
 * Opens the file of an artifact for a piece of work; null when there is no such file.
 * @throws CORRUPT_RECORD when its header is damaged, it is not as long as that says, or it is not this artifact's;
 * SCHEMA_TOO_NEW
 */
export async function withArtifactFile<Result>(
  path: string,
  ref: ArtifactRef,
  use: (file: ArtifactFile) => Promise<Result> | Result,
): Promise<Result | null> {
  const handle = await unlessMissing(() => open(path, 'r'));
  if (handle === null) return null;
  try {
    return await use(await openHeader(handle, ref));
  } finally {
    await handle.close();
  }
}

/** An open file whose header was read and checked. */
export class ArtifactFile {
  readonly info: ArtifactInfo;
  readonly #handle: FileHandle;
  readonly #header: ArtifactHeader;
  readonly #bodyAt: number;

  constructor(opened: {
    readonly handle: FileHandle;
    readonly header: ArtifactHeader;
    readonly bodyAt: number;
    readonly storedBytes: number;
    readonly storedAtMs: number;
  }) {
    const { handle, header, bodyAt, storedBytes, storedAtMs } = opened;
    const { artifactId, tier, mimeType, metadata, sizeBytes } = header;
    this.info = { artifactId, tier, mimeType, metadata, sizeBytes, storedBytes, storedAtMs };
    this.#handle = handle;
    this.#header = header;
    this.#bodyAt = bodyAt;
  }

  /**
   * The content from `offset` on, at most `length` bytes; reads, unpacks and checks the chunks that it touches.
   * @throws CORRUPT_RECORD when one of them is damaged.
   */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.info.sizeBytes);
    const result = new Uint8Array(Math.max(0, end - offset));
    const { sums, storedSizes } = this.#header;
    let at = this.#bodyAt;
    for (const [index, sum] of sums.entries()) {
      const storedSize = storedSizes[index] ?? 0;
      const start = index * CHUNK_BYTES;
      if (start < end && start + CHUNK_BYTES > offset) {
        // One after the other, so that a large artifact is not in memory twice.
        const chunk = await this.#readChunk({ at, storedSize, sum });
        const wanted = chunk.subarray(Math.max(0, offset - start), end - start);
        result.set(wanted, Math.max(0, start - offset));
      }
      at += storedSize;
    }
    return result;
  }

  async #readChunk(place: {
    readonly at: number;
    readonly storedSize: number;
    readonly sum: string;
  }): Promise<Uint8Array> {
    const { artifactId } = this.info;
    const stored = await readFully(this.#handle, place.at, place.storedSize);
    const chunk = this.info.tier === 'L4' ? await unpackChunk(stored, artifactId) : stored;
    if (sumOf(chunk) !== place.sum) throw corrupt(artifactId, 'its content is damaged');
    return chunk;
  }
}

/** Whose the file at a path says that it is; null when there is none, or it does not say. */
export async function ownerOfFile(path: string): Promise<SessionKey | null> {
  const handle = await unlessMissing(() => open(path, 'r'));
  if (handle === null) return null;
  try {
    return readOwner(await readFully(handle, 0, OWNER_BYTES));
  } finally {
    await handle.close();
  }
}

async function openHeader(handle: FileHandle, ref: ArtifactRef): Promise<ArtifactFile> {
  const { size, mtimeMs } = await handle.stat();
  const start = await readFully(handle, 0, Math.min(size, FIRST_READ_BYTES));
  const { sum, headerAt, bodyAt } = parsePreamble(start, ref.artifactId);
  // Before anything of that length is made.
  if (bodyAt > size) throw corrupt(ref.artifactId, 'its header is cut off');
  const headerBytes =
    bodyAt <= start.length
      ? start.subarray(headerAt, bodyAt)
      : await readFully(handle, headerAt, bodyAt - headerAt);
  const header = parseHeader(headerBytes, sum, ref);
  const bodyBytes = header.storedSizes.reduce((total, stored) => total + stored, 0);
  if (header.storedSizes.length !== header.sums.length || bodyAt + bodyBytes !== size)
    throw corrupt(ref.artifactId, 'it has another length than was written');
  // Times of files have fractions; ours have none.
  return new ArtifactFile({
    handle,
    header,
    bodyAt,
    storedBytes: size,
    storedAtMs: Math.round(mtimeMs),
  });
}

/** Fewer bytes than asked for at the end of the file: what is made of them is checked by its sum. */
async function readFully(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

async function unpackChunk(stored: Uint8Array, artifactId: string): Promise<Uint8Array> {
  try {
    return await unpack(stored, { maxOutputLength: CHUNK_BYTES });
  } catch {
    // What zlib says of damaged bytes helps nobody.
    throw corrupt(artifactId, 'its content cannot be unpacked');
  }
}
