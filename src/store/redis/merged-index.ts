import { encodeKeyPart } from '../keys.ts';
import type { ListParams } from '../session-head.ts';
import { toList, toNumber, toTexts } from './redis-reply.ts';
import type { RedisSpace } from './redis-space.ts';
import { PAGE_INDEX } from './scripts.generated.ts';

/** Entries handed on at once. */
const STRETCH = 100;

/** Entries first asked of each bucket; twice as many each time that more are needed of it. */
const FIRST_ENTRIES = 4;
const MAX_ENTRIES = 1024;

/** Where a session stands in an index; equal times are told apart by the encoded id. */
export interface IndexEntry {
  readonly timeMs: number;
  readonly id: string;
}

interface BucketPage {
  readonly bucket: number;
  entries: readonly IndexEntry[];
  last: IndexEntry | null;
  isDone: boolean;
  limit: number;
}

/** The index in order, in stretches; each call of a bucket continues behind its last entry. */
export async function* mergedIndex(
  space: RedisSpace,
  params: ListParams,
  after: IndexEntry | null,
): AsyncGenerator<readonly IndexEntry[]> {
  const isBefore = params.order === 'created' ? isOlder : isNewer;
  const pages: BucketPage[] = space.buckets.all.map((bucket) => ({
    bucket,
    entries: [],
    last: after,
    isDone: false,
    limit: FIRST_ENTRIES,
  }));
  for (;;) {
    // In order: what is missing of a bucket is known only when its page is used up.
    await refill(space, params, pages);
    const bounds = pages.flatMap(({ isDone, last }) => (isDone || last === null ? [] : [last]));
    const bound = bounds.reduce<IndexEntry | null>(
      (first, entry) => (first === null || isBefore(entry, first) ? entry : first),
      null,
    );
    const isCertain = (entry: IndexEntry): boolean => bound === null || !isBefore(bound, entry);
    const certain = pages.flatMap(({ entries }) => entries.filter(isCertain));
    for (const page of pages) page.entries = page.entries.filter((entry) => !isCertain(entry));
    const sorted = certain.toSorted((left, right) => (isBefore(left, right) ? -1 : 1));
    for (let first = 0; first < sorted.length; first += STRETCH) {
      yield sorted.slice(first, first + STRETCH);
    }
    if (bound === null) return;
  }
}

async function refill(
  space: RedisSpace,
  params: ListParams,
  pages: readonly BucketPage[],
): Promise<void> {
  const empty = pages.filter(({ entries, isDone }) => entries.length === 0 && !isDone);
  const tenant = encodeKeyPart(params.tenant, 'tenant');
  const user = params.userId === undefined ? '' : encodeKeyPart(params.userId, 'userId');
  const limits = [...new Set(empty.map(({ limit }) => limit))];
  const calls = limits.flatMap((limit) => {
    const alike = empty.filter((page) => page.limit === limit);
    return space.buckets.groups(alike.map(({ bucket }) => bucket)).map(async (group) => {
      const asked = alike.filter(({ bucket }) => group.includes(bucket));
      const positions = asked.flatMap(({ last }) =>
        last === null ? ['', ''] : [String(last.timeMs), last.id],
      );
      const answers = toList(
        await space.port.run({
          script: PAGE_INDEX,
          keys: asked.map(({ bucket }) => space.buckets.root(bucket)),
          args: [params.order, tenant, user, String(limit), ...positions],
        }),
      );
      asked.forEach((page, index) => fill(page, toTexts(answers[index])));
    });
  });
  await Promise.all(calls);
}

function fill(target: BucketPage, texts: readonly string[]): void {
  const page = target;
  page.entries = Array.from({ length: texts.length / 2 }, (_, index) => ({
    id: texts[2 * index] ?? '',
    timeMs: toNumber(texts[2 * index + 1]),
  }));
  page.isDone = page.entries.length < page.limit;
  page.last = page.entries.at(-1) ?? page.last;
  page.limit = Math.min(2 * page.limit, MAX_ENTRIES);
}

function isOlder(left: IndexEntry, right: IndexEntry): boolean {
  return left.timeMs === right.timeMs ? left.id < right.id : left.timeMs < right.timeMs;
}

function isNewer(left: IndexEntry, right: IndexEntry): boolean {
  return isOlder(right, left);
}
