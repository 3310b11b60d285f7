import { createHash } from 'node:crypto';

/**
 * Content is hashed, packed and checked in pieces of this size, so that a range can be read and checked without the rest.
 * Part of every id, so it never changes.
 */
export const CHUNK_BYTES: number = 256 * 1024;

/** What identifies content: its id is made from all of the other fields. */
export interface ContentSums {
  readonly sizeBytes: number;
  /** SHA-256 of each chunk, in hexadecimal digits. */
  readonly sums: readonly string[];
}

/** Takes the sums of content. */
export function sumContent(bytes: Uint8Array): ContentSums {
  return { sizeBytes: bytes.length, sums: chunksOf(bytes).map(sumOf) };
}

/** The id of content: SHA-256 over its MIME type, its length and the sums of its chunks. */
export function contentId(mimeType: string, { sizeBytes, sums }: ContentSums): string {
  const hash = createHash('sha256');
  // Neither the type nor a number holds a line break, so no two contents give one text.
  hash.update(`pagefold artifact\n${mimeType}\n${sizeBytes}\n${sums.join('\n')}`);
  return hash.digest('hex');
}

/** SHA-256 of bytes, in hexadecimal digits. */
export function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Views of the chunks, in order; none for no bytes. */
export function chunksOf(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}
