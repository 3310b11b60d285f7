import { aKey } from '../../../src/testing/store-builders.ts';
import type { WritingNews, WritingOrder } from './observed-writers.ts';
import { writeUntil } from './recording-writer.ts';
import { aRedisStore } from './stores.ts';

// A process that writes until it is killed, and tells its parent what it begins and what was acknowledged. While the parent is
// slow, messages wait in this process and are lost with it, so a record is sent only once its message is out.

function tell(news: WritingNews): Promise<void> {
  return new Promise((resolve) => {
    if (process.send?.(news, () => resolve()) === undefined) resolve();
  });
}

async function write(): Promise<void> {
  const order: WritingOrder = JSON.parse(process.argv[2] ?? '{}');
  const { url, namespace, commandTimeoutMs = 2000 } = order;
  const store = aRedisStore({ url, namespace, connection: { commandTimeoutMs } });
  const events = {
    begun: (record: string, at: number): Promise<void> => tell([record, at, null]),
    // One that is lost leaves a record of unknown outcome, which is as much as is known.
    acked: (record: string, at: number, position: number): void =>
      void tell([record, at, position]),
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
