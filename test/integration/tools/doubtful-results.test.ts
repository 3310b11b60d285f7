import { describe, expect, test, vi } from 'vitest';
import { openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { ToolDefinition, ToolResult } from '../../../src/index.ts';

const MESSAGE = { tool_calls: [{ id: '1', function: { name: 'pay', arguments: '{}' } }] };

const REFUSED_BEHIND = { status: 500, message: '500: connect ECONNREFUSED 10.0.0.5:5432' };

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
    ['its server fails where another one was not reached', REFUSED_BEHIND, 'unknown'],
    ['its gateway has no server', { status: 503 }, 'unknown'],
    ['its server asks to come back', { status: 503, retryAfterMs: 1 }, 'failed'],
    ['its server says why not', { message: 'Order 7 was cancelled by the customer' }, 'failed'],
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

  test.each([
    ['The connection was lost', 'The connection was lost. It may'],
    ['The connection was lost. ', 'The connection was lost. It may'],
    ['It said "connection lost!"', 'It said "connection lost!" It may'],
  ])('tells in a sentence of its own that it may have done so: %s', async (message, told) => {
    const execute = () => {
      throw Object.assign(new Error(message), { code: 'ECONNRESET' });
    };
    const [result] = await paid({ execute, retry: { maxRetries: 0 } });
    expect(result?.error).toContain(`${told} have taken effect all the same`);
  });

  const circle: { self?: object } = {};
  circle.self = circle;

  test.each<[string, unknown]>([
    ['a number beyond JSON', { id: 10n }],
    ['no number', { total: Number.NaN }],
    ['a map', new Map([['paid', 7]])],
    ['a circle', circle],
    ['a response', new Response('paid')],
    [
      'what cannot be read',
      {
        get receipt(): never {
          throw new Error('lazy');
        },
      },
    ],
  ])('may have done so where it ran and gave %s', async (_, given) => {
    const run = vi.fn<ToolDefinition['execute']>(() => given);
    const [result] = await paid({ execute: run, retry: { maxRetries: 2, baseDelayMs: 0 } });
    expect(result).toMatchObject({ status: 'unknown', errorClass: 'execution', attempts: 1 });
    expect(result?.error).toMatch(/^The tool ran, but its result cannot be told: .*look before/);
    expect(run).toHaveBeenCalledTimes(1);
    const [read] = await paid({ execute: run, effect: 'read' });
    expect(read).toMatchObject({ status: 'failed', errorClass: 'execution' });
  });

  test('is not asked again after a status of 503 alone, as it may have been done', async () => {
    const execute = () => {
      throw Object.assign(new Error('busy'), { status: 503 });
    };
    expect(await paid({ execute, retry: { baseDelayMs: 0 } })).toMatchObject([
      { status: 'unknown', attempts: 1 },
    ]);
  });

  test('did not where a server of tools says why it was refused', async () => {
    const text = 'Coupon timed out on May 1, order 408 not changed';
    const execute = () => ({ content: [{ type: 'text', text }], isError: true });
    expect(await paid({ execute })).toMatchObject([{ status: 'failed', error: text }]);
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
