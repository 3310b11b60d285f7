import { decodeKeyPart } from '../keys.ts';
import { foreignCursor, listingMark } from '../list-cursor.ts';
import type { ListPage, ListParams, SessionHead } from '../session-head.ts';
import { isListed } from './list-conditions.ts';
import { type IndexEntry, mergedIndex } from './merged-index.ts';
import type { RedisSpace } from './redis-space.ts';
import { readHeads } from './session-heads.ts';

/**
 * One page of a tenant's sessions, merged from the indexes of all buckets. Costs a look at each bucket, and the sessions that
 * the conditions pass over.
 * @throws INVALID_INPUT for a cursor of another listing, and what the port throws.
 */
export async function listSessions(space: RedisSpace, params: ListParams): Promise<ListPage> {
  const after = decodeCursor(params, space.namespace);
  const found: { readonly entry: IndexEntry; readonly head: SessionHead }[] = [];
  for await (const entries of mergedIndex(space, params, after)) {
    for (const match of await matches(space, params, entries)) found.push(match);
    const last = entries.at(-1);
    if (found.length > params.limit || (last !== undefined && isBeyond(last, params))) break;
  }
  const page = found.slice(0, params.limit);
  const last = found.length > params.limit ? page.at(-1) : undefined;
  return {
    heads: page.map(({ head }) => head),
    cursor: last === undefined ? null : encodeCursor(last.entry, params, space.namespace),
  };
}

async function matches(
  space: RedisSpace,
  params: ListParams,
  entries: readonly IndexEntry[],
): Promise<readonly { readonly entry: IndexEntry; readonly head: SessionHead }[]> {
  const keys = entries.map(({ id }) => ({ tenant: params.tenant, sessionId: decodeKeyPart(id) }));
  const heads = await readHeads(space, keys);
  return heads.flatMap((head, index) => {
    const entry = entries[index];
    return head !== null && entry !== undefined && isListed(head, params) ? [{ entry, head }] : [];
  });
}

/** Whether every further session lies outside the time range; times only grow along both orders. */
function isBeyond(entry: IndexEntry, params: ListParams): boolean {
  if (params.order === 'created') return entry.timeMs >= (params.createdBeforeMs ?? Infinity);
  return entry.timeMs < (params.updatedFromMs ?? -Infinity);
}

function encodeCursor(entry: IndexEntry, params: ListParams, namespace: string): string {
  return `${entry.timeMs}:${entry.id}:${listingMark(params, namespace)}`;
}

function decodeCursor(params: ListParams, namespace: string): IndexEntry | null {
  if (params.cursor === undefined) return null;
  const [time = '', id = '', mark] = params.cursor.split(':');
  const timeMs = Number(time);
  if (mark === listingMark(params, namespace) && Number.isFinite(timeMs)) return { timeMs, id };
  throw foreignCursor();
}
