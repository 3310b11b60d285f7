import { z } from 'zod';
import { idSchema } from './ids.ts';

/** Where content is that was too large for a record, which holds its beginning and end in its place. */
export interface ArchivedContent {
  /** The session under which it is stored; that of a fork's origin, when the fork shares the event. */
  readonly sessionId: string;
  /** The id of the artifact, which is made from its bytes. */
  readonly artifactId: string;
  /** `text/plain` in UTF-8, or `application/json` where it was another value, or a text with half a character, that no encoding holds. */
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Bytes of a part but the last, up to the character that begins after them. */
  readonly partBytes: number;
  /** What tells the record from others under its idempotency key, made of all of its content. */
  readonly fingerprint?: string;
}

/** A part of archived content, counted from 1. */
export interface ArchivedPart {
  readonly content: ArchivedContent;
  readonly number: number;
}

/** Parsed as stored; fields that a later minor version added are kept. */
export const archivedContentSchema: z.ZodType<ArchivedContent> = z.looseObject({
  sessionId: idSchema,
  artifactId: z.string().regex(/^[0-9a-f]{64}$/),
  mimeType: z.string(),
  sizeBytes: z.int().positive(),
  partBytes: z.int().positive(),
  fingerprint: z.string().exactOptional(),
});

/** A part has some 2,000 tokens, so that a model can load it in one fault. */
const MIN_PART_BYTES = 8_192;
/** Each part is a page, and pages cost memory. */
const MAX_PARTS = 256;
/** Digits of an artifact's id in the ids of its parts: within a session they tell any number of artifacts apart. */
const ID_DIGITS = 12;
/** UTF-16 units of the beginning and the end that stay in the record. */
const HEAD_LENGTH = 2_000;
const TAIL_LENGTH = 1_000;

/** The size of parts for content of so many bytes. */
export function partBytesFor(sizeBytes: number): number {
  return Math.max(MIN_PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS));
}

/** How many parts there are. */
export function partCount({ sizeBytes, partBytes }: ArchivedContent): number {
  return Math.ceil(sizeBytes / partBytes);
}

/** What the ids of the pages of all parts begin with. */
export function partPrefix({ artifactId }: ArchivedContent): string {
  return `art_${artifactId.slice(0, ID_DIGITS)}`;
}

/** The id of the page of a part. */
export function partId({ content, number }: ArchivedPart): string {
  return `${partPrefix(content)}_${number}`;
}

/** The prefix and the number that the id of a part's page is made of; null for other ids. */
export function readPartId(
  pageId: string,
): { readonly prefix: string; readonly number: number } | null {
  const [, prefix, number] = /^(art_[0-9a-f]{12})_([1-9]\d{0,8})$/.exec(pageId) ?? [];
  return prefix === undefined ? null : { prefix, number: Number(number) };
}

/** What tells content of a tenant from other content; the id of an artifact has one length, so that no two make the same name. */
export function contentName({
  artifactId,
  sessionId,
}: Pick<ArchivedContent, 'artifactId' | 'sessionId'>): string {
  return `${artifactId}${sessionId}`;
}

/** What a record holds in place of archived text: its beginning, its end, and the pages that hold all of it. */
export function excerptOf(text: string, content: ArchivedContent): string {
  const head = cutBefore(text.slice(0, HEAD_LENGTH));
  const tail = cutAfter(text.slice(-TAIL_LENGTH));
  const left = text.length - head.length - tail.length;
  const prefix = partPrefix(content);
  const pages = `${prefix}_1 to ${prefix}_${partCount(content)}`;
  return `${head}\n[${left} characters left out; pages ${pages} hold all of it]\n${tail}`;
}

/** Without half a character at the end. */
function cutBefore(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

/** Without half a character at the beginning. */
function cutAfter(text: string): string {
  return /^[\uDC00-\uDFFF]/.test(text) ? text.slice(1) : text;
}
