import { aKey, anAppend } from '../../../src/testing/index.ts';
import { aRedisStore } from './stores.ts';

// A process that takes a session for itself and writes it until another one has taken it.

const [url = '', namespace = ''] = process.argv.slice(2);
const store = aRedisStore({ url, namespace, connection: { commandTimeoutMs: 500 } });
const key = aKey();
const loaded = await store.load({ key });
const epoch = await store.raiseEpoch({ key });
if (loaded.kind !== 'found' || epoch === null) throw new Error('there is no such session');
let known = loaded.point;
for (let operation = 1; ; operation += 1) {
  const params = anAppend({
    key,
    known,
    write: { writer: 'stopped', operation },
    guards: { epoch },
    records: [`stopped/${operation}`],
  });
  // In order, and again with the same write when the outcome is not known.
  const result = await store.append(params).catch(() => store.append(params));
  process.send?.(result.kind);
  if (result.kind !== 'ok' && result.kind !== 'duplicate') break;
  known = result.point;
}
await store.close();
process.disconnect?.();
