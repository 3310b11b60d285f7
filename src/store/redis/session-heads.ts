import { bucketOf, encodeKey } from '../keys.ts';
import type { SessionHead } from '../session-head.ts';
import { toList } from './redis-reply.ts';
import type { RedisSpace } from './redis-space.ts';
import { READ_HEADS } from './scripts.generated.ts';
import { toHead } from './session-text.ts';

/** The sessions of keys as rows of a listing; null for those that are not there. */
export async function readHeads(
  space: RedisSpace,
  keys: readonly SessionHead['key'][],
): Promise<readonly (SessionHead | null)[]> {
  // In a cluster one call reaches one slot only.
  const groups = space.port.isCluster ? keys.map((key) => [key]) : [keys];
  const answers = await Promise.all(
    groups
      .filter((group) => group.length > 0)
      .map(async (group) =>
        toList(
          await space.port.run({
            script: READ_HEADS,
            keys: group.map((key) => space.buckets.root(bucketOf(key))),
            args: [space.nowText(), ...group.map(encodeKey)],
          }),
        ),
      ),
  );
  const rows = answers.flat();
  return keys.map((key, index) => toHead(key, rows[index] ?? null));
}
