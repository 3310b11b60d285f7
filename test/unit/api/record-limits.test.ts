import { describe, expect, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';
import { answerInput, failureInput, toolInput, userInput } from '../../../src/api/record-input.ts';

const HUGE = 'x'.repeat(50_000_000);

describe('content that no record can hold', () => {
  test.each([
    ['message', () => userInput(HUGE, {})],
    [
      'message',
      () => userInput({ parts: Array.from({ length: 100 }, () => HUGE.slice(0, 20_000)) }, {}),
    ],
    ['options.metadata', () => userInput('x', { metadata: { note: HUGE } })],
    ['response', () => answerInput(HUGE, {})],
    ['options.toolCalls', () => answerInput('x', { toolCalls: [HUGE] })],
    ['use.arguments', () => toolInput({ toolName: 't', arguments: HUGE })],
    ['use.result', () => toolInput({ toolName: 't', result: { rows: HUGE } })],
    ['use.error', () => toolInput({ toolName: 't', error: HUGE })],
    ['error', () => failureInput(new Error(HUGE), {})],
  ] as const)('C-118: is refused at once, naming %s and the limit', (field, call) => {
    expect(call).toThrow(
      expect.objectContaining({
        code: 'EVENT_TOO_LARGE',
        message: expect.stringMatching(new RegExp(`^${field}: .*1000000`)) as string,
      }) as Error,
    );
  });
});

test('metadata keeps an entry whatever its name', () => {
  const metadata = JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as Record<string, unknown>;

  const { event } = userInput('x', { metadata });

  expect(JSON.stringify(event.metadata)).toBe('{"__proto__":{"a":1},"b":2}');
  expect(JSON.stringify(answerInput('x', { metadata }).event.metadata)).toContain('__proto__');
});

test.each([null, 'text', [1]])('metadata that is %j is refused', (metadata) => {
  expect(() => userInput('x', { metadata: metadata as never })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', field: 'options.metadata' }) as Error,
  );
});

test('C-118: what only all parts together make too large names the largest of them', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  const metadata = { note: 'x'.repeat(600_000) };

  const call = session.userSays('y'.repeat(500_000), { metadata });

  await expect(call).rejects.toMatchObject({
    code: 'EVENT_TOO_LARGE',
    message: expect.stringMatching(/^metadata: .* 1000000 for all of it$/) as string,
  });
});
