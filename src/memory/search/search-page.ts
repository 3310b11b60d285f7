import { InvalidInput } from '../../domain/errors.ts';
import { MODALITIES, PAGE_ROLES, PAGE_TYPES, STORAGE_TIERS } from '../../domain/page.ts';
import type { Modality, PageRole, PageType, StorageTier } from '../../domain/page.ts';

/** What the search index needs to know of a page. */
export interface SearchPage {
  readonly id: string;
  /** What can be found: the content, and a hint where the content is no text. */
  readonly text: string;
  /** Default `transcript`. */
  readonly type?: PageType | undefined;
  /** Default `text`. */
  readonly modality?: Modality | undefined;
  /** Default `L2`. */
  readonly tier?: StorageTier | undefined;
  readonly role?: PageRole | undefined;
  /** The name of who speaks, in conversations of people with names. */
  readonly speaker?: string | undefined;
  /** When it was said, in milliseconds since 1970. */
  readonly createdAtMs?: number | undefined;
}

/** What the index remembers of a page besides its terms. */
export interface IndexedPage {
  readonly id: string;
  readonly type: PageType;
  readonly modality: Modality;
  readonly tier: StorageTier;
  readonly role: PageRole | null;
  readonly speaker: string | null;
  readonly createdAtMs: number | null;
  /** Whether the text asks something, so that the page after it may answer. */
  readonly isQuestion: boolean;
}

/** Which pages may be found; a field that is not given allows all, an empty list none. */
export interface SearchFilter {
  readonly types?: readonly PageType[] | undefined;
  readonly modalities?: readonly Modality[] | undefined;
  readonly tiers?: readonly StorageTier[] | undefined;
  readonly roles?: readonly PageRole[] | undefined;
  /** The earliest time, included; pages without a time are then left out. */
  readonly fromMs?: number | undefined;
  /** The latest time, excluded; pages without a time are then left out. */
  readonly untilMs?: number | undefined;
}

/**
 * Refuses a filter for what no page can be, which would find nothing without a word.
 * @throws InvalidInput
 */
export function assertFilter({ types, modalities, tiers, roles }: SearchFilter): void {
  assertKnown('types', types, PAGE_TYPES);
  assertKnown('modalities', modalities, MODALITIES);
  assertKnown('tiers', tiers, STORAGE_TIERS);
  assertKnown('roles', roles, PAGE_ROLES);
}

function assertKnown<T extends string>(
  field: string,
  wanted: readonly T[] | undefined,
  known: readonly T[],
): void {
  if (wanted?.every((value) => known.includes(value)) ?? true) return;
  throw new InvalidInput({ field: `filter.${field}`, expected: `some of ${known.join(', ')}` });
}

/** Whether a page passes a filter. */
export function passesFilter(page: IndexedPage, filter: SearchFilter): boolean {
  return (
    allows(filter.types, page.type) &&
    allows(filter.modalities, page.modality) &&
    allows(filter.tiers, page.tier) &&
    allows(filter.roles, page.role) &&
    isWithin(page.createdAtMs, filter)
  );
}

/** The page without its text, defaults filled in. */
export function toIndexedPage(page: SearchPage): IndexedPage {
  return {
    id: page.id,
    type: page.type ?? 'transcript',
    modality: page.modality ?? 'text',
    tier: page.tier ?? 'L2',
    role: page.role ?? null,
    speaker: page.speaker ?? null,
    createdAtMs: page.createdAtMs ?? null,
    isQuestion: /[?？]/.test(page.text),
  };
}

/** Whether a filter lets a value pass. */
export function allows<T>(allowed: readonly T[] | undefined, value: T | null): boolean {
  return allowed === undefined || (value !== null && allowed.includes(value));
}

function isWithin(timeMs: number | null, { fromMs, untilMs }: SearchFilter): boolean {
  if (fromMs === undefined && untilMs === undefined) return true;
  return timeMs !== null && timeMs >= (fromMs ?? -Infinity) && timeMs < (untilMs ?? Infinity);
}
