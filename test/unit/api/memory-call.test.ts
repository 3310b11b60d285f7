import { expect, test } from 'vitest';
import { runCall } from '../../../src/api/memory-call.ts';
import type { SessionManager } from '../../../src/api/session-manager.ts';
import { StorageError } from '../../../src/domain/errors.ts';
import { ToolRunner } from '../../../src/runtime/tool-runner.ts';

test('a call that the memory cannot answer ends as any call that failed', async () => {
  const broken = new StorageError({ operation: 'read', message: 'no disk' });
  const memory = { callTool: () => Promise.reject(broken) };
  const session = { memory } as unknown as SessionManager; // what is asked of it here
  const request = { toolName: 'page_fault', arguments: {}, callId: 'c', operationId: 'o' };

  const ran = await runCall({ session, runner: new ToolRunner({}) }, request, undefined);

  expect(ran).toMatchObject({ value: null, attempts: 1, failure: { message: 'no disk' } });
});
