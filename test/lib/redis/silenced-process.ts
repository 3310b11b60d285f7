import { openPagefold } from '../../../src/index.ts';

// A process with background work whose server falls silent before it closes.

const [url = '', serverPid = ''] = process.argv.slice(2);
const pagefold = await openPagefold({
  queue: { url, namespace: 'silenced' },
  summarize: async () => 'short',
  onWarning: () => undefined,
});
await pagefold.session('a').userSays('Hello');
await pagefold.flush();
process.kill(Number(serverPid), 'SIGSTOP');
await pagefold.close({ timeoutMs: 1000 });
process.stdout.write('closed\n');
