import type { EraseReceipt, EraseScope } from '../erasure.ts';
import { encodeKeyPart } from '../keys.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { toList, toNumber, toText } from './redis-reply.ts';
import type { RedisSpace } from './redis-space.ts';
import { ERASE_SCOPE, READ_RECORDS, REMOVE_SESSION } from './scripts.generated.ts';

/** What was erased, in numbers. */
export type ErasedCounts = Pick<
  EraseReceipt,
  'sessions' | 'records' | 'snapshots' | 'outboxEntries'
>;

/** Sessions that one script call erases: a few milliseconds at most, since long logs are freed in the background. */
const SESSIONS_PER_CALL = 100;

/**
 * Erases everything of a tenant or of one of its users, bucket by bucket.
 * @throws what the port throws; what was erased by then stays erased, and a repeated call goes on.
 */
export async function eraseMany(
  space: RedisSpace,
  scope: Exclude<EraseScope, { readonly kind: 'session' }>,
): Promise<ErasedCounts> {
  const tenant = encodeKeyPart(scope.tenant, 'scope.tenant');
  const user = scope.kind === 'user' ? encodeKeyPart(scope.userId, 'scope.userId') : '';
  const remnantsOnly = scope.kind === 'user' && scope.remnantsOnly === true;
  const counts = await Promise.all(
    space.buckets.all.map((bucket) => eraseBucket(space, bucket, { tenant, user, remnantsOnly })),
  );
  return counts.reduce(addCounts);
}

/** What to erase; the user is empty for all of a tenant. */
interface EncodedScope {
  readonly tenant: string;
  readonly user: string;
  readonly remnantsOnly: boolean;
}

async function eraseBucket(
  space: RedisSpace,
  bucket: number,
  { tenant, user, remnantsOnly }: EncodedScope,
): Promise<ErasedCounts> {
  let passed = 0;
  let sum: ErasedCounts = { sessions: 0, records: 0, snapshots: 0, outboxEntries: 0 };
  for (;;) {
    // In order: each call erases the first sessions that are left.
    const answer = await space.port.run({
      script: ERASE_SCOPE,
      keys: [space.buckets.root(bucket)],
      args: [
        space.nowText(),
        tenant,
        user,
        String(SESSIONS_PER_CALL),
        space.horizonText,
        remnantsOnly ? String(passed) : '',
      ],
    });
    const [sessions, records, snapshots, outboxEntries, isMore, kept] =
      toList(answer).map(toNumber);
    passed += kept ?? 0;
    sum = addCounts(sum, {
      sessions: sessions ?? 0,
      records: records ?? 0,
      snapshots: snapshots ?? 0,
      outboxEntries: outboxEntries ?? 0,
    });
    if (isMore !== 1) return sum;
  }
}

/** Which session goes, and whether what it recorded goes too. */
export interface Removal {
  readonly key: SessionKey;
  readonly incarnation?: string;
  readonly version?: number;
  readonly isErasure: boolean;
}

/** Removes one session; null when there is no such one. */
export async function removeOne(space: RedisSpace, removal: Removal): Promise<ErasedCounts | null> {
  const { key, version, isErasure } = removal;
  // A copy of the call that arrives late must not meet the session that followed, so the life that is meant is named.
  const incarnation = removal.incarnation ?? (await incarnationOf(space, key));
  if (incarnation === null) {
    // Of a removal that a server applied by half the records may still be there.
    await space.mend(key);
    return null;
  }
  const answer = await space.runFor(REMOVE_SESSION, key, [
    incarnation,
    String(version ?? ''),
    isErasure ? '1' : '0',
    space.horizonText,
    space.newMark(),
  ]);
  if (answer === null) return null;
  const [records, snapshots, outboxEntries] = toList(answer).map(toNumber);
  return {
    sessions: 1,
    records: records ?? 0,
    snapshots: snapshots ?? 0,
    outboxEntries: outboxEntries ?? 0,
  };
}

async function incarnationOf(space: RedisSpace, key: SessionKey): Promise<string | null> {
  const answer = await space.runOnWhole(READ_RECORDS, key, ['1', '0']);
  return answer === null ? null : toText(toList(answer)[1]);
}

function addCounts(left: ErasedCounts, right: ErasedCounts): ErasedCounts {
  return {
    sessions: left.sessions + right.sessions,
    records: left.records + right.records,
    snapshots: left.snapshots + right.snapshots,
    outboxEntries: left.outboxEntries + right.outboxEntries,
  };
}
