import { decodeKey } from '../keys.ts';
import type { OutboxReference } from '../outbox-entry.ts';
import { toNumber, toTexts } from './redis-reply.ts';
import type { RedisSpace } from './redis-space.ts';
import { READ_OUTBOX } from './scripts.generated.ts';

/** The earliest outbox entries of all buckets that are due. */
export async function readDueOutbox(
  space: RedisSpace,
  { dueBeforeMs, limit }: { readonly dueBeforeMs: number; readonly limit: number },
): Promise<readonly OutboxReference[]> {
  const args = [space.nowText(), String(dueBeforeMs), String(limit)];
  const answers = await space.buckets.run(READ_OUTBOX, args);
  return answers
    .flatMap(toReferences)
    .toSorted((left, right) => left.dueAtMs - right.dueAtMs)
    .slice(0, limit);
}

function toReferences(value: unknown): readonly OutboxReference[] {
  const texts = toTexts(value);
  return Array.from({ length: texts.length / 2 }, (_, index) => {
    const member = texts[2 * index] ?? '';
    const space = member.indexOf(' ');
    return {
      key: decodeKey(member.slice(0, space)),
      id: member.slice(space + 1),
      dueAtMs: toNumber(texts[2 * index + 1]),
    };
  });
}
