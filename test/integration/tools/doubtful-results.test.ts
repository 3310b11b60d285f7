import { describe, expect, test } from 'vitest';
import { openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { ToolDefinition, ToolResult } from '../../../src/index.ts';

const MESSAGE = { tool_calls: [{ id: '1', function: { name: 'pay', arguments: '{}' } }] };

async function paid(pay: ToolDefinition): Promise<readonly ToolResult[]> {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const session = pagefold.session('s');
  await session.userSays('go');
  const processor = await SessionAwareToolProcessor.create(session, { tools: { pay } });
  return await processor.processLlmMessage(MESSAGE);
}

describe('a tool that changes something', () => {
  test.each<[string, object, string, object?]>([
    ['its connection is lost', { code: 'ECONNRESET' }, 'unknown'],
    ['a connection of fetch is lost', { cause: { code: 'UND_ERR_SOCKET' } }, 'unknown'],
    ['its server fails', { status: 502 }, 'unknown'],
    ['its server gives no answer in time', { code: 'ETIMEDOUT' }, 'unknown'],
    ['no connection is made', { code: 'ECONNREFUSED' }, 'failed'],
    ['fetch makes no connection', { cause: { code: 'ENOTFOUND' } }, 'failed'],
    ['it is refused', { status: 400 }, 'failed'],
    ['it may be repeated', { code: 'ECONNRESET' }, 'failed', { isRepeatable: true }],
  ])('may have done so, or has not: %s', async (_, ...[error, status, more]) => {
    const execute = () => {
      throw Object.assign(new Error('broken off'), error);
    };
    const retry = { maxRetries: 0 };
    const [result] = await paid({ execute, retry, ...more });
    expect(result?.status).toBe(status);
    expect(result?.error?.includes('may have taken effect')).toBe(status === 'unknown');
  });

  test('a doubt is kept where a later attempt reached nobody', async () => {
    const codes = ['ECONNREFUSED', 'ECONNRESET'];
    const execute = () => {
      throw Object.assign(new Error('broken off'), { code: codes.pop() });
    };
    const retry = { maxRetries: 1, baseDelayMs: 0, on: ['connection'] as const };
    expect(await paid({ execute, retry })).toMatchObject([{ status: 'unknown', attempts: 2 }]);
  });
});
