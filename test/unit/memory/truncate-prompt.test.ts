import { describe, expect, test } from 'vitest';
import { TokenLimitExceeded } from '../../../src/domain/errors.ts';
import { type ChatMessage, MISSING_RESULT } from '../../../src/memory/chat-message.ts';
import { promptTokens } from '../../../src/memory/message-tokens.ts';
import { MIN_SHORTENED_TOKENS, SHORTENED_MARK } from '../../../src/memory/shorten-messages.ts';
import { truncatePromptToTokenLimit } from '../../../src/memory/truncate-prompt.ts';
import { estimating, textOf, words } from './sample-events.ts';

const counting = estimating();

const system: ChatMessage = { role: 'system', content: 'Be kind.' };

function user(content: string): ChatMessage {
  return { role: 'user', content };
}

function assistant(content: string): ChatMessage {
  return { role: 'assistant', content };
}

function calling(id: string, args = '{}'): ChatMessage {
  const call = { id, type: 'function', function: { name: 'search', arguments: args } } as const;
  return { role: 'assistant', content: null, tool_calls: [call] };
}

function result(id: string, content: string): ChatMessage {
  return { role: 'tool', tool_call_id: id, name: 'search', content };
}

function callIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `call_${at}`);
}

/** An answer with calls and their results, without those of calls that wait. */
function answered(
  ids: readonly string[],
  waiting: ReadonlySet<string> = new Set(),
): readonly ChatMessage[] {
  const calls = ids.map((id) => {
    return { id, type: 'function', function: { name: 'search', arguments: '{}' } } as const;
  });
  const results = ids.map((id) => result(id, waiting.has(id) ? MISSING_RESULT : `Done ${id}.`));
  return [{ role: 'assistant', content: 'I do it.', tool_calls: calls }, ...results];
}

function toldCalls(messages: readonly ChatMessage[]): readonly string[] {
  return messages.flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [],
  );
}

function truncate(prompt: readonly ChatMessage[], maxTokens: number): readonly ChatMessage[] {
  return truncatePromptToTokenLimit(prompt, maxTokens, counting);
}

describe('truncatePromptToTokenLimit', () => {
  test('C-149: gives the same array back when it fits', () => {
    const prompt = [system, user('Hi')];
    expect(truncate(prompt, promptTokens(prompt, counting))).toBe(prompt);
    expect(truncate(prompt, Infinity)).toBe(prompt);
  });

  test('C-149: an empty prompt fits every limit', () => {
    const prompt: ChatMessage[] = [];
    expect(truncate(prompt, 0)).toBe(prompt);
  });

  test('C-150: W-34: never exceeds the limit, and smaller limits keep less', () => {
    const prompt = [
      system,
      ...[1, 2, 3, 4].flatMap((at) => [user(`q${at}`), assistant(words(40))]),
    ];
    const sizes = [200, 150, 100, 60].map((limit) => {
      const truncated = truncate(prompt, limit);
      expect(promptTokens(truncated, counting)).toBeLessThanOrEqual(limit);
      return truncated.length;
    });
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(new Set(sizes).size).toBeGreaterThan(1);
  });

  test('C-150: W-35: keeps system prompt and last question, drops the oldest exchange first', () => {
    const prompt = [
      system,
      user('q1'),
      assistant(words(60)),
      user('q2'),
      assistant('a2'),
      user('q3'),
    ];
    expect(truncate(prompt, 50)).toEqual([system, user('q2'), assistant('a2'), user('q3')]);
  });

  test('C-150: W-35: a question after the last answer appears once, at its place', () => {
    const prompt = [assistant(words(60)), user('question')];
    expect(truncate(prompt, 20)).toEqual([user('question')]);
  });

  test('C-150: a call goes together with its result', () => {
    const prompt = [
      user('q'),
      calling('c1'),
      result('c1', words(60)),
      calling('c2'),
      result('c2', 'ok'),
    ];
    expect(truncate(prompt, 60)).toEqual([user('q'), calling('c2'), result('c2', 'ok')]);
  });

  test('C-150: leaves out results without a call once it has to drop something', () => {
    const prompt = [user('q'), result('lost', words(60)), assistant('answer')];
    expect(truncate(prompt, 30)).toEqual([user('q'), assistant('answer')]);
  });

  test('C-150: shortens contents only when nothing is left to drop', () => {
    const truncated = truncate(
      [user('q1'), assistant('a1'), user('q2'), assistant(words(300))],
      90,
    );
    expect(truncated).toHaveLength(2);
    expect(textOf(truncated[1]).endsWith(SHORTENED_MARK)).toBe(true);
    expect(promptTokens(truncated, counting)).toBeGreaterThan(80);
  });

  test('C-150: shortens the answer before the question', () => {
    const question = user(words(100));
    const truncated = truncate([question, assistant(words(300))], 180);
    expect(truncated[0]).toEqual(question);
    expect(truncated).toHaveLength(2);
  });

  test('C-150: shortens both by the same measure when the answer alone does not give enough', () => {
    const truncated = truncate([user(words(300)), assistant(words(300))], 170);
    const [question = '', answer = ''] = truncated.map(textOf);
    expect(question).toBe(answer);
    expect(question.match(/\[shortened\]/g)).toHaveLength(1);
    expect(promptTokens(truncated, counting)).toBeGreaterThan(150);
  });

  test('C-150: shortens the text among the parts of a message and keeps the picture', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.org/a.png' } };
    const prompt: ChatMessage[] = [
      { role: 'user', content: [{ type: 'text', text: words(900) }, image] },
    ];
    const limit = promptTokens(prompt, counting) - 600;
    const [message] = truncate(prompt, limit);
    expect(message?.content).toEqual([
      { type: 'text', text: expect.stringMatching(/\[shortened\]$/) },
      image,
    ]);
  });

  test('C-150: gives up an answer whose least is too much, but not the question', () => {
    const prompt = [user('question'), calling('c', `{"text":"${words(200)}"}`), result('c', 'ok')];
    expect(truncate(prompt, 16)).toEqual([user('question')]);
  });

  test('C-150: shortens the arguments of a call before it gives up the call and its result', () => {
    const long = `{"path":"a.ts","text":"${words(400)}"}`;
    const prompt = [user('question'), calling('c', long), result('c', 'ok')];
    const truncated = truncate(prompt, 120);
    expect(truncated.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    expect(promptTokens(truncated, counting)).toBeLessThanOrEqual(120);
    const [, answer] = truncated;
    const calls = answer?.role === 'assistant' ? (answer.tool_calls ?? []) : [];
    const args = JSON.parse(calls[0]?.function.arguments ?? '{}') as object;
    expect(args).toMatchObject({
      path: 'a.ts',
      text: expect.stringMatching(/more characters$/) as string,
    });
  });

  test('C-150: shortens arguments as far as they go, since texts do not get as short', () => {
    const long = `{"path":"a.ts","text":"${words(400)}"}`;
    const pairs = ['c1', 'c2', 'c3', 'c4'].flatMap((id) => [
      calling(id, long),
      result(id, words(400)),
    ]);
    const least = ['c1', 'c2', 'c3', 'c4'].flatMap((id) => [
      calling(id, '{"...":"shortened"}'),
      result(id, words(32)),
    ]);
    const limit = promptTokens([user('question'), ...least], counting) + 40;
    const truncated = truncate([user('question'), ...pairs.slice(0, 8)], limit);
    expect(promptTokens(truncated, counting)).toBeLessThanOrEqual(limit);
    expect(truncated.filter(({ role }) => role === 'tool').length).toBeGreaterThan(0);
  });

  test('keeps the latest calls of the newest answer with their results, as many as fit', () => {
    const prompt = [user('Do the work.'), ...answered(callIds(100))];
    const whole = promptTokens(prompt, counting);

    const truncated = truncate(prompt, Math.floor(whole / 2));

    const told = toldCalls(truncated);
    expect(promptTokens(truncated, counting)).toBeLessThanOrEqual(Math.floor(whole / 2));
    expect(told.length).toBeGreaterThan(40);
    expect(told).toEqual(callIds(100).slice(-told.length));
    expect(truncated).toEqual([user('Do the work.'), ...answered(told)]);
  });

  test('leaves out calls that wait for their results before those that have them', () => {
    const ids = callIds(100);
    const waiting = new Set(ids.slice(10));
    const prompt = [user('Do the work.'), ...answered(ids, waiting)];

    const told = toldCalls(truncate(prompt, 400));

    expect(told.slice(0, 10)).toEqual(ids.slice(0, 10));
    expect(told.slice(10)).toEqual(ids.slice(10 - told.length));
    expect(told.length).toBeGreaterThan(10);
  });

  test('shortens the question before it gives up the last call', () => {
    const prompt = [user(words(400)), ...answered(callIds(30))];

    const truncated = truncate(prompt, 120);

    expect(toldCalls(truncated).length).toBeGreaterThan(0);
    expect(textOf(truncated[0])).toContain(SHORTENED_MARK);
  });

  test('C-150: throws with both numbers when what must stay does not fit', () => {
    const prompt = [system, user(words(100))];
    for (const limit of [0, 5, MIN_SHORTENED_TOKENS]) {
      expect(() => truncate(prompt, limit)).toThrow(TokenLimitExceeded);
      expect(() => truncate(prompt, limit)).toThrow(expect.objectContaining({ limit }));
    }
  });

  test('C-150: a prompt of which nothing fits is an error, never an empty prompt', () => {
    for (const prompt of [[assistant(words(50))], [result('lost', words(50))], [system]]) {
      const tooLong = expect.toSatisfy(
        ({ actual }: TokenLimitExceeded) => Number(actual) > 4 && Number.isFinite(actual),
      );
      expect(() => truncate(prompt, 4)).toThrow(TokenLimitExceeded);
      expect(() => truncate(prompt, 4)).toThrow(tooLong);
    }
  });

  test('C-150: gives up later system messages before the latest exchange', () => {
    const note: ChatMessage = { role: 'system', content: words(40) };
    const prompt = [system, note, user('q'), assistant('a')];
    expect(truncate(prompt, 30)).toEqual([system, user('q'), assistant('a')]);
  });

  test('C-150: refuses a limit that is negative or not a number', () => {
    for (const limit of [-1, NaN, Number('ten')]) {
      expect(() => truncate([system], limit)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', field: 'maxTokens' }),
      );
    }
  });

  test('W-35: names the message that has no role', () => {
    const prompt = [system, { content: 'Hi' }] as unknown as readonly ChatMessage[];
    for (const limit of [0, 1000]) {
      expect(() => truncate(prompt, limit)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', field: 'prompt[1].role' }),
      );
    }
  });

  test('does not change the prompt it is given', () => {
    const prompt = [system, user('q1'), assistant(words(60)), user('q2')];
    const copy = structuredClone(prompt);
    truncate(prompt, 40);
    expect(prompt).toEqual(copy);
  });
});
