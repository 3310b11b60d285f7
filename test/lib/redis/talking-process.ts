import { openPagefold } from '../../../src/index.ts';
import { type BackendChoice, backendStore } from './backend-store.ts';

// Says things in a session of the store that is described, or else of the Redis that the environment names, and ends.

const [sessionId = '', name = '', count = '0', choice] = process.argv.slice(2);
const store = choice === undefined ? null : backendStore(JSON.parse(choice) as BackendChoice); // the test's own
const pagefold = await openPagefold({ store: store ?? 'redis', tokens: 'estimate' });
const session = pagefold.session(sessionId);
await Promise.all(
  Array.from({ length: Number(count) }, (_, index) => session.userSays(`${name} ${index}`)),
);
await pagefold.close();
await store?.close();
