import { aKey } from '../../../src/testing/store-builders.ts';
import type { WritingNews, WritingOrder } from './observed-writers.ts';
import { writeUntil } from './recording-writer.ts';
import { aRedisStore } from './stores.ts';

// A process that writes until it is killed, and tells its parent what it begins and what was acknowledged. A message is
// handed to the system before the call returns, so nothing that was told is lost with the process.

function tell(news: WritingNews): void {
  process.send?.(news);
}

async function write(): Promise<void> {
  const order: WritingOrder = JSON.parse(process.argv[2] ?? '{}');
  const { url, namespace, commandTimeoutMs = 2000 } = order;
  const store = aRedisStore({ url, namespace, connection: { commandTimeoutMs } });
  const events = {
    begun: (record: string, at: number): void => tell([record, at, null]),
    acked: (record: string, at: number, position: number): void => tell([record, at, position]),
    regressed: (): void => {
      throw new Error('the server was never killed');
    },
  };
  await Promise.all(
    order.sessionIds.map((sessionId) =>
      writeUntil({
        store,
        key: aKey({ sessionId }),
        name: order.name,
        events,
        isOver: () => false,
      }),
    ),
  );
}

await write();
