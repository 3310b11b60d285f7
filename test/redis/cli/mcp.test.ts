import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createFileArtifactStore, createRedisStore, openPagefold } from '../../../src/index.ts';
import { partId } from '../../../src/domain/archived-content.ts';
import { collect } from '../../integration/api/a-pagefold.ts';
import { aFolder } from '../../lib/folder.ts';
import { compiled } from '../../lib/processes/compiled.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LONG = 'The blue whale is by the pier. '.repeat(6_000);

test('pagefold mcp serves a deployment of its own name, and loads what is in its artifact store', async () => {
  const [url, folder] = [inject('redisUrl'), aFolder()];
  onTestFinished(folder.remove);
  const namespace = `mcp-${process.pid}`;
  const store = createRedisStore({ url, namespace });
  onTestFinished(() => store.close());
  const artifacts = createFileArtifactStore({ directory: folder.path });
  await using pagefold = await openPagefold({ store, artifacts });
  const session = pagefold.session('s', { tenant: 'one' });
  await session.userSays(LONG);
  const [event] = await collect(session.events.list());
  const options = ['--redis', url, '--namespace', namespace, '--artifacts', folder.path];
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [compiled('src/cli/main.ts'), 'mcp', ...options, '--tenant', 'one', '--session', 's'],
      cwd: ROOT,
      stderr: 'ignore',
    }),
  );
  onTestFinished(() => client.close());

  const pageId = partId({ content: event!.archive!, number: 2 });
  const loaded = await client.callTool({ name: 'page_fault', arguments: { page_id: pageId } });

  expect(JSON.stringify(loaded.content)).toContain('The blue whale is by the pier.');
}, 60_000);
