/** SHA-256 of a text's UTF-8 bytes as hexadecimal digits, as `node:crypto` makes it. */
export type Sha256 = (text: string) => string;

/** Digits of a hash that are kept. */
const HASH_LENGTH = 16;

/** A hash of which pages there are, whatever their order, and of their versions when any are given (0 for a page without). */
export function workingSetHash(
  pageIds: readonly string[],
  {
    sha256,
    versions = {},
  }: { readonly sha256: Sha256; readonly versions?: Readonly<Record<string, number>> },
): string {
  const hasVersions = Object.keys(versions).length > 0;
  const parts = pageIds
    .toSorted(byCodePoint)
    .map((id) => (hasVersions ? `${id}:${versions[id] ?? 0}` : id));
  return sha256(parts.join('|')).slice(0, HASH_LENGTH);
}

/** A hash of what a packed context depends on, for caches that are shared between programs. */
export function packCacheHash(
  {
    sessionId,
    model,
    maxTokens,
    workingSet,
  }: {
    readonly sessionId: string;
    readonly model: string;
    readonly maxTokens: number;
    /** As {@link workingSetHash} makes it. */
    readonly workingSet: string;
  },
  sha256: Sha256,
): string {
  const text = `${sessionId}:${model}:${maxTokens}:${workingSet}`;
  return sha256(text).slice(0, HASH_LENGTH);
}

/** The order of UTF-8, which other languages sort by; UTF-16 units would put emoji before some letters. */
function byCodePoint(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  // Past the first half of a pair both have the same character so far.
  return (left.codePointAt(at) ?? -1) - (right.codePointAt(at) ?? -1);
}
