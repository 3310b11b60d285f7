import { describe, expect, test } from 'vitest';
import { lines, plan, planAll } from './export-source.ts';

const HELLO = { role: 'user', content: 'Hello' };
const HI = { role: 'assistant', content: 'Hi' };

describe('an array of chat messages', () => {
  test('is one session named after the file', () => {
    const [session, ...others] = plan('talks/monday.json', JSON.stringify([HELLO, HI]));
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      tenant: 'monday',
      sessionId: 'monday',
      userId: null,
      fork: null,
    });
    expect(session?.steps).toEqual([
      { kind: 'user', content: 'Hello', options: { metadata: {} } },
      { kind: 'answer', content: 'Hi', options: { metadata: {}, model: 'gpt-4o-mini' } },
    ]);
  });

  test('keeps content parts, and takes absent content of an answer as empty text', () => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: {} },
    ];
    const [session] = plan(
      'a.json',
      JSON.stringify([{ role: 'user', content }, { role: 'assistant' }]),
    );
    expect(session?.steps).toMatchObject([{ content }, { content: '' }]);
  });

  test('takes the system messages together as the prompt, later ones included', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'developer', content: [{ type: 'text', text: 'Speak German.' }] },
      HELLO,
      { role: 'system', content: 'Be brief.' },
    ];
    const [session] = plan('a.json', JSON.stringify(messages));
    expect(session?.steps).toMatchObject([
      { kind: 'system-prompt', systemPrompt: 'Be brief.' },
      { kind: 'system-prompt', systemPrompt: 'Be brief.\n\nSpeak German.' },
      { kind: 'user' },
      { kind: 'system-prompt', systemPrompt: 'Be brief.\n\nSpeak German.' },
    ]);
  });

  test('links tool messages to the latest call of their id', () => {
    const call = (name: string, input: string): object => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name, arguments: input } }],
    });
    const result = (content: string | null): object => ({
      role: 'tool',
      tool_call_id: 'c1',
      content,
    });
    const messages = [
      HELLO,
      call('find', '{"id":7}'),
      result('found'),
      call('drop', 'all'),
      result(null),
    ];
    const [session] = plan('a.json', JSON.stringify(messages));
    expect(session?.steps).toMatchObject([
      { kind: 'user' },
      { kind: 'answer', content: null, options: { toolCalls: [{ id: 'c1' }] } },
      {
        kind: 'tool',
        use: { toolName: 'find', arguments: { id: 7 }, result: 'found', callId: 'c1' },
      },
      { kind: 'answer' },
      { kind: 'tool', use: { toolName: 'drop', arguments: 'all', result: null, callId: 'c1' } },
    ]);
  });

  test('keeps what a tool gave in the form of other interfaces, in a message of the tool', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'rows', arguments: '{}' } };
    const content = [{ type: 'tool_result', tool_use_id: 'c1', content: '22' }];
    const messages = [
      { role: 'user', content: 'Which rows?' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content },
    ];
    expect(JSON.stringify(plan('a.json', JSON.stringify({ messages })))).toContain('tool_result');
  });

  test('takes the name of a tool whose call is not in the export', () => {
    const [session] = plan(
      'a.json',
      JSON.stringify([{ role: 'tool', name: 'find', content: 'x' }]),
    );
    expect(session?.steps).toMatchObject([
      { kind: 'tool', use: { toolName: 'find', result: 'x' } },
    ]);
  });

  test('prefers the model of the message to that of the command line, and keeps usage', () => {
    const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };
    const messages = [{ ...HI, model: 'gpt-4.1', provider: 'openai', usage, id: 5, seed: 1 }, HI];
    const [session] = plan('a.json', JSON.stringify(messages), { model: 'o3', provider: 'azure' });
    expect(session?.steps).toMatchObject([
      {
        options: {
          model: 'gpt-4.1',
          provider: 'openai',
          usage,
          eventId: '5',
          metadata: { seed: 1 },
        },
      },
      { options: { model: 'o3', provider: 'azure' } },
    ]);
  });
});

describe('conversations', () => {
  test('carry ids, tenants, users, models and whatever else is plain', () => {
    const record = {
      id: 7,
      tenant: 'acme',
      user: 'u1',
      model: 'gpt-4.1',
      reward: 0.5,
      metadata: { tags: ['x'] },
      messages: [HELLO, HI],
    };
    const [first, second] = plan('a.json', JSON.stringify([record, { messages: [HELLO] }]));
    expect(first).toMatchObject({
      tenant: 'acme',
      sessionId: '7',
      userId: 'u1',
      model: 'gpt-4.1',
      properties: { reward: 0.5, tags: ['x'] },
    });
    expect(first?.steps[1]).toMatchObject({ options: { model: 'gpt-4.1' } });
    expect(second).toMatchObject({ tenant: 'a', sessionId: 'a-2' });
  });

  test('may be one object, or one a line', () => {
    const record = { session: 's', messages: [HELLO] };
    expect(plan('a.json', JSON.stringify(record))).toEqual(plan('a.json', lines(record)));
    expect(plan('a.jsonl', lines(record, { ...record, session: 't' }))).toHaveLength(2);
  });

  test('with two speakers have the first one as their user', () => {
    const turns = [
      { id: 'D1:1', speaker: 'Ann', text: 'Hey', date: '8 May' },
      { id: 'D1:2', speaker: 'Bob', text: 'Hi' },
      { id: 'D1:3', speaker: 'Ann', text: 'Well?' },
    ];
    const [session] = plan(
      'a.json',
      JSON.stringify([{ id: 'c', speakers: ['Ann', 'Bob'], turns }]),
    );
    expect(session?.steps).toMatchObject([
      { kind: 'user', options: { eventId: 'D1:1', metadata: { speaker: 'Ann', date: '8 May' } } },
      { kind: 'answer', content: 'Hi' },
      { kind: 'user', content: 'Well?' },
    ]);
  });

  test('with turns of a role may call the sides what they like', () => {
    const turns = ['human', 'AI', 'system', 'prompter', 'gpt'].map((role) => ({
      role,
      text: role,
    }));
    const [session] = plan('a.json', JSON.stringify({ turns }));
    expect(session?.steps.map(({ kind }) => kind)).toEqual([
      'user',
      'answer',
      'system-prompt',
      'user',
      'answer',
    ]);
  });

  test('of a benchmark have lists of messages as questions', () => {
    const [session] = plan(
      'a.json',
      JSON.stringify([{ id: 'b', question: [[HELLO], [HELLO, HI]] }]),
    );
    expect(session?.steps).toHaveLength(3);
  });
});

describe('a tree of replies', () => {
  const node = (id: string, role: string, ...replies: readonly object[]): object => ({
    message_id: id,
    role,
    text: id,
    replies,
  });

  test('is a session that follows the first replies, and a fork for every other one', () => {
    const prompt = node(
      'q',
      'prompter',
      node(
        'a1',
        'assistant',
        node('q1', 'prompter', node('a11', 'assistant'), node('a12', 'assistant')),
      ),
      node('a2', 'assistant', node('q2', 'prompter'), node('q3', 'prompter')),
    );
    const sessions = plan('a.jsonl', lines({ message_tree_id: 't', prompt }));
    const shape = sessions.map(({ sessionId, fork, steps }) => ({
      sessionId,
      fork,
      said: steps.map((step) =>
        step.kind === 'user' || step.kind === 'answer' ? step.content : step.kind,
      ),
    }));
    expect(shape).toEqual([
      { sessionId: 't', fork: null, said: ['q', 'a1', 'q1', 'a11'] },
      { sessionId: 't.1', fork: { sessionId: 't', step: 0 }, said: ['a2', 'q2'] },
      { sessionId: 't.2', fork: { sessionId: 't', step: 2 }, said: ['a12'] },
      { sessionId: 't.3', fork: { sessionId: 't.1', step: 0 }, said: ['q3'] },
    ]);
  });

  test('may be as deep as it likes', () => {
    const reply = '{"role":"assistant","text":"x","replies":[';
    const text = `{"prompt":${reply.repeat(10_000)}${']}'.repeat(10_000)}}`;
    expect(plan('a.json', text)[0]?.steps).toHaveLength(10_000);
  });

  test('may not branch from branches without an end', () => {
    let prompt = node('m', 'assistant');
    for (let depth = 0; depth < 40; depth += 1) {
      prompt = node(`m${depth}`, 'assistant', node(`x${depth}`, 'assistant'), prompt);
    }
    expect(() => plan('a.json', JSON.stringify({ prompt }))).toThrow('at most 32 deep');
  });
});

describe('messages one a line', () => {
  test('are gathered by tenant and session', () => {
    const text = lines(
      { ...HELLO, session: 's', tenant: 'x', user: 'u' },
      { ...HELLO, session: 's', tenant: 'y', timestamp: '2026-01-01T00:00:00Z' },
      { ...HI, session: 's', tenant: 'x' },
      HELLO,
    );
    expect(plan('log.jsonl', text)).toMatchObject([
      { tenant: 'x', sessionId: 's', userId: 'u', steps: [{ kind: 'user' }, { kind: 'answer' }] },
      {
        tenant: 'y',
        sessionId: 's',
        steps: [{ options: { metadata: { timestamp: '2026-01-01T00:00:00Z' } } }],
      },
      { tenant: 'log', steps: [{ kind: 'user' }] },
    ]);
  });

  test('may be a single one, and may have blank lines and a byte order mark', () => {
    expect(plan('a.jsonl', lines(HELLO))).toHaveLength(1);
    expect(
      plan('a.jsonl', `\uFEFF\r\n${JSON.stringify(HELLO)}\r\n\r\n${JSON.stringify(HI)}`)[0]?.steps,
    ).toHaveLength(2);
  });
});

describe('names of sessions', () => {
  test('come from the command line, else from the file, and standard input has none', () => {
    const text = JSON.stringify([HELLO]);
    expect(plan('a.json', text, { tenant: 'acme' })[0]).toMatchObject({
      tenant: 'acme',
      sessionId: 'a',
    });
    expect(plan('-', text)[0]).toMatchObject({ tenant: 'default', sessionId: 'session' });
  });

  test('that are made up keep out of the way of given ones and of each other', () => {
    const given = JSON.stringify({ id: 'log', tenant: 'log', messages: [HELLO] });
    const sessions = planAll({
      'x/log.jsonl': lines(HELLO),
      'y/log.jsonl': lines(HELLO),
      'z.json': given,
    });
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['log~2', 'log~3', 'log']);
  });
});
