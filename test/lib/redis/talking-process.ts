import { openPagefold } from '../../../src/index.ts';

// Says things in a session of the Redis that the environment names, and ends.

const [sessionId = '', name = '', count = '0'] = process.argv.slice(2);
const pagefold = await openPagefold({ store: 'redis', tokens: 'estimate' });
const session = pagefold.session(sessionId);
await Promise.all(
  Array.from({ length: Number(count) }, (_, index) => session.userSays(`${name} ${index}`)),
);
await pagefold.close();
