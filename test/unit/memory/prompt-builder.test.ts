import { describe, expect, test } from 'vitest';
import { InvalidInput, TokenLimitExceeded } from '../../../src/domain/errors.ts';
import { PROMPT_STRATEGIES } from '../../../src/domain/strategy.ts';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';
import { promptTokens } from '../../../src/memory/message-tokens.ts';
import {
  buildPromptFromSession,
  type PromptBuilderOptions,
  type PromptWarning,
} from '../../../src/memory/prompt-builder.ts';
import type { PromptEvent, PromptSource } from '../../../src/memory/prompt-view.ts';
import {
  answered,
  asked,
  called,
  estimating,
  noted,
  summed,
  textOf,
  toolEvent,
  used,
  words,
} from './sample-events.ts';

function aSession(events: readonly PromptEvent[], rest: Partial<PromptSource> = {}): PromptSource {
  return { events, systemPrompt: null, ...rest };
}

function build(
  session: PromptSource,
  options: Partial<PromptBuilderOptions> = {},
): readonly ChatMessage[] {
  return buildPromptFromSession(session, { ...estimating(), ...options });
}

/** Contents in order, for tests about which turns are chosen. */
function contents(messages: readonly ChatMessage[]): readonly unknown[] {
  return messages.map((message) => message.content);
}

const twoExchanges = [
  asked('u1', 'first question'),
  used('t1', 'search'),
  answered('a1', 'first answer'),
  asked('u2', 'second question'),
  used('t2', 'fetch'),
  answered('a2', 'second answer'),
];

describe('buildPromptFromSession', () => {
  test('C-137: an empty session gives an empty prompt', () => {
    expect(build(aSession([], { systemPrompt: 'Be kind.' }))).toEqual([]);
  });

  test('C-146: the system prompt comes first with every strategy', () => {
    for (const strategy of ['minimal', 'task', 'tool', 'conversation', 'hierarchical']) {
      const prompt = build(aSession(twoExchanges, { systemPrompt: 'Be kind.' }), { strategy });
      expect(prompt[0]).toEqual({ role: 'system', content: 'Be kind.' });
    }
  });

  test('C-146: a blank system prompt is left out', () => {
    expect(build(aSession(twoExchanges, { systemPrompt: '  \n' }))[0]?.role).toBe('user');
  });

  test('C-138: an unknown strategy is reported and gives the minimal prompt', () => {
    const warnings: PromptWarning[] = [];
    const prompt = build(aSession(twoExchanges), {
      strategy: 'MINIMAL',
      onWarning: (warning) => warnings.push(warning),
    });
    expect(prompt).toEqual(build(aSession(twoExchanges), { strategy: 'minimal' }));
    expect(warnings).toEqual([
      { code: 'UNKNOWN_PROMPT_STRATEGY', asked: 'MINIMAL', used: 'minimal' },
    ]);
  });

  test('C-138: no strategy is the minimal one, without a warning', () => {
    const onWarning = (): never => expect.unreachable();
    const prompt = build(aSession(twoExchanges), { strategy: null, onWarning });
    expect(prompt).toEqual(build(aSession(twoExchanges)));
  });

  test('C-147: puts the current question last', () => {
    const prompt = build(aSession(twoExchanges), { currentQuery: 'third question' });
    expect(prompt.at(-1)).toEqual({ role: 'user', content: 'third question' });
  });

  test('C-147: does not repeat a question that is still being worked on', () => {
    const events = [
      asked('u', 'question'),
      called('a', [['c', 'search']], 'Looking'),
      used('t', 'search'),
    ];
    const prompt = build(aSession(events), { currentQuery: 'question' });
    expect(prompt.filter((message) => message.role === 'user')).toHaveLength(1);
  });

  test('C-147: puts a question that has been answered again', () => {
    const events = [asked('u', 'question'), answered('a', 'answer')];
    const prompt = build(aSession(events), { currentQuery: 'question' });
    expect(contents(prompt)).toEqual(['question', 'answer', 'question']);
  });

  test.each(['minimal', 'hierarchical'])(
    'C-147: puts a question that was asked first and is asked again, whatever came between, by the strategy %s',
    (strategy) => {
      const events = [
        asked('u1', 'continue'),
        answered('a1', 'answer'),
        asked('u2', 'other question'),
        called('a2', [['c', 'search']]),
        used('t', 'search'),
      ];
      const prompt = build(aSession(events), { strategy, currentQuery: 'continue' });
      expect(prompt.at(-1)).toEqual({ role: 'user', content: 'continue' });
    },
  );

  test('C-147: speaks of a question even in an empty session', () => {
    const prompt = build(aSession([], { systemPrompt: 'Be kind.' }), { currentQuery: 'Hi' });
    expect(contents(prompt)).toEqual(['Be kind.', 'Hi']);
  });

  test('W-36: stays within maxTokens and keeps system prompt and question', () => {
    const events = [asked('u1', words(200)), answered('a1', words(200)), asked('u2', words(50))];
    const session = aSession(events, { systemPrompt: 'Be kind.' });
    const prompt = build(session, { strategy: 'conversation', maxTokens: 100 });
    expect(promptTokens(prompt, estimating())).toBeLessThanOrEqual(100);
    expect(contents(prompt)).toEqual(['Be kind.', words(50)]);
  });

  test('W-36: says when system prompt and question do not fit', () => {
    const session = aSession(twoExchanges, { systemPrompt: words(100) });
    expect(() => build(session, { maxTokens: 50 })).toThrow(TokenLimitExceeded);
  });

  test('refuses limits that are no numbers of tokens', () => {
    for (const maxTokens of [-1, NaN]) {
      expect(() => build(aSession(twoExchanges), { maxTokens })).toThrow(InvalidInput);
    }
  });

  test('C-144: unwraps a message with content, and shows any other as JSON', () => {
    const events = [asked('u', { content: 'inside' }), answered('a', { answer: 42 })];
    expect(contents(build(aSession(events)))).toEqual(['inside', '{"answer":42}']);
  });

  test('C-145: tolerates malformed messages and the legacy key of a tool', () => {
    const events = [
      asked('u', null),
      toolEvent('t1', 'bare text'),
      toolEvent('t2', null),
      toolEvent('t3', { tool_name: 'new', tool: 'old', result: 1 }),
      toolEvent('t4', { tool: 'old', result: 2 }),
    ];
    const tools = build(aSession(events)).filter((message) => message.role === 'tool');
    expect(tools).toMatchObject([
      { name: 'unknown', content: 'bare text' },
      { name: 'unknown', content: 'null' },
      { name: 'new', content: '1' },
      { name: 'old', content: '2' },
    ]);
  });

  test('W-43: reads every event the same few times, however long the session', () => {
    const readsPerEvent = (size: number, strategy: string): number => {
      let reads = 0;
      const events = Array.from({ length: size }, (_, at) => {
        const event = at % 3 === 0 ? asked(`u${at}`, 'question') : used(`t${at}`, 'search');
        return new Proxy(event, { get: (target, key) => ((reads += 1), Reflect.get(target, key)) });
      });
      build(aSession(events), { strategy });
      return reads / size;
    };
    for (const strategy of PROMPT_STRATEGIES) {
      expect(readsPerEvent(3000, strategy)).toBeCloseTo(readsPerEvent(300, strategy), 0);
    }
  });
});

describe('minimal', () => {
  test('C-139: first question, latest answer with its text, and the tools of that exchange', () => {
    const prompt = build(aSession(twoExchanges));
    expect(contents(prompt)).toEqual(['first question', null, 'result of t2', 'second answer']);
  });

  test('C-139: a question without an answer stands alone', () => {
    expect(contents(build(aSession([asked('u1', 'a'), asked('u2', 'b')])))).toEqual(['a']);
  });

  test('W-38: shows tool calls that were recorded before any answer', () => {
    const prompt = build(aSession([asked('u', 'question'), used('t', 'search')]));
    expect(contents(prompt)).toEqual(['question', null, 'result of t']);
  });

  test('C-139: tools of a later question are not those of the answer', () => {
    const events = [asked('u1', 'q1'), answered('a', 'a1'), asked('u2', 'q2'), used('t', 'search')];
    expect(contents(build(aSession(events)))).toEqual(['q1', 'a1']);
  });

  test('W-39: a system message is not taken for the answer', () => {
    const events = [asked('u', 'question'), answered('a', 'answer'), noted('s', 'note')];
    expect(contents(build(aSession(events)))).toEqual(['question', 'answer']);
  });

  test('C-139: an answer without tools is followed by the latest note about it', () => {
    const events = [
      asked('u', 'question'),
      answered('a', 'answer'),
      summed('s1', { note: 'old note' }, 'a'),
      summed('s2', { note: 'new note' }, 'a'),
      summed('s3', { note: 'other note' }, 'other'),
    ];
    expect(build(aSession(events)).at(-1)).toEqual({ role: 'system', content: 'new note' });
  });

  test('C-139: a note that is no object is shown as text, found by its metadata too', () => {
    const note = { ...summed('s', ['one', 2], null), metadata: { parent_event_id: 'a' } };
    const events = [asked('u', 'question'), answered('a', 'answer'), note];
    expect(build(aSession(events)).at(-1)?.content).toBe('["one",2]');
  });

  test('C-139: an answer with tools needs no note', () => {
    const events = [
      asked('u', 'question'),
      answered('a', 'answer'),
      used('t', 'search'),
      summed('s', 'note', 'a'),
    ];
    expect(contents(build(aSession(events)))).not.toContain('note');
  });
});

describe('task', () => {
  test('C-140: first and latest question, latest answer, and the tools that worked', () => {
    const prompt = build(aSession(twoExchanges), { strategy: 'task' });
    expect(contents(prompt)).toEqual([
      'first question',
      'second question',
      null,
      'result of t2',
      'second answer',
    ]);
  });

  test('C-140: a single question appears once', () => {
    const prompt = build(aSession([asked('u', 'question')]), { strategy: 'task' });
    expect(contents(prompt)).toEqual(['question']);
  });

  test('W-41: leaves out calls that failed, however that was recorded, and calls without a result', () => {
    const events = [
      asked('u', 'question'),
      called('a', [
        ['c1', 'search'],
        ['c2', 'fetch'],
      ]),
      used('t1', 'search', { callId: 'c1' }),
      used('t3', 'e', { error: 'it broke', result: null }),
      used('t4', 'f', { success: false }),
      used('t5', 'g', { result: { status: 'error' } }),
    ];
    const prompt = build(aSession(events), { strategy: 'task' });
    expect(contents(prompt)).toEqual(['question', null, 'result of t1']);
    expect(prompt[1]).toMatchObject({ tool_calls: [{ id: 'c1' }] });
  });

  test('C-140: without a question there is nothing to do', () => {
    expect(build(aSession([answered('a', 'answer')]), { strategy: 'task' })).toEqual([]);
  });

  test('an answer that only asked for a failed call is left out, one that said something stays', () => {
    const failed = { error: 'it broke' };
    const silent = [asked('u', 'q'), called('a', [['c', 'x']]), used('t', 'x', failed)];
    const speaking = [asked('u', 'q'), called('a', [['c', 'x']], 'Hm.'), used('t', 'x', failed)];
    expect(contents(build(aSession(silent), { strategy: 'task' }))).toEqual(['q']);
    expect(contents(build(aSession(speaking), { strategy: 'task' }))).toEqual(['q', 'Hm.']);
  });
});

describe('tool', () => {
  test('C-141: latest question, latest answer and tools, a failed one with error and details', () => {
    const events = [
      ...twoExchanges,
      asked('u3', 'third question'),
      used('t3', 'delete', { error: 'forbidden', result: { id: 7 } }),
    ];
    const prompt = build(aSession(events), { strategy: 'tool' });
    expect(contents(prompt)).toEqual([
      null,
      'result of t2',
      'second answer',
      'third question',
      null,
      '{"error":"forbidden","details":{"id":7}}',
    ]);
  });

  test('C-141: without a question there is nothing to do', () => {
    expect(build(aSession([used('t', 'search')]), { strategy: 'tool' })).toEqual([]);
  });
});

describe('conversation', () => {
  test('C-142: the latest messages, five by default', () => {
    const events = Array.from({ length: 8 }, (_, at) => asked(`u${at}`, `question ${at}`));
    const prompt = build(aSession(events), { strategy: 'conversation' });
    expect(contents(prompt)).toEqual([3, 4, 5, 6, 7].map((at) => `question ${at}`));
  });

  test('W-40: keeps the tool results of earlier answers', () => {
    const prompt = build(aSession(twoExchanges), { strategy: 'conversation', maxHistory: 4 });
    expect(contents(prompt)).toEqual([
      'first question',
      null,
      'result of t1',
      'first answer',
      'second question',
      null,
      'result of t2',
      'second answer',
    ]);
  });

  test('W-40: a history of 0 shows none', () => {
    const session = aSession(twoExchanges, { systemPrompt: 'Be kind.' });
    const prompt = build(session, { strategy: 'conversation', maxHistory: 0 });
    expect(contents(prompt)).toEqual(['Be kind.']);
  });

  test('C-142: refuses a history that is negative or not whole', () => {
    for (const maxHistory of [-1, 1.5, NaN]) {
      const run = (): unknown =>
        build(aSession(twoExchanges), { strategy: 'conversation', maxHistory });
      expect(run).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field: 'maxHistory' }));
    }
  });

  test('shows calls that were made before the first of fewer messages', () => {
    const events = [used('t', 'warm-up'), asked('u', 'question')];
    const prompt = build(aSession(events), { strategy: 'conversation' });
    expect(contents(prompt)).toEqual([null, 'result of t', 'question']);
  });
});

describe('hierarchical', () => {
  const parentSummaries = ['about grandparent', { note: 'about parent' }, { content: 'about me' }];

  test('C-143: all levels, oldest first, before the minimal prompt', () => {
    const prompt = build(aSession(twoExchanges), { strategy: 'hierarchical', parentSummaries });
    const background = textOf(prompt[0]);
    const places = ['about grandparent', 'about parent', 'about me'].map((text) =>
      background.indexOf(text),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(prompt.slice(1)).toEqual(build(aSession(twoExchanges)));
  });

  test('W-40: works for a session without events, behind its system prompt', () => {
    const session = aSession([], { systemPrompt: 'Be kind.' });
    const prompt = build(session, { strategy: 'hierarchical', parentSummaries });
    expect(prompt.map((message) => message.role)).toEqual(['system', 'system']);
    expect(prompt[1]?.content).toContain('about parent');
  });

  test('includes the summaries of its own closed segments, after those of parents', () => {
    const segments = [
      { number: 1, summary: { text: 'about segment one' } },
      { number: 2, summary: null },
    ];
    const prompt = build(aSession(twoExchanges, { segments }), {
      strategy: 'hierarchical',
      parentSummaries: ['about parent'],
    });
    expect(prompt[0]?.content).toMatch(/about parent[^]*about segment one/);
  });

  test('leaves parents out when told so', () => {
    const options = { strategy: 'hierarchical', parentSummaries, includeParentContext: false };
    expect(build(aSession(twoExchanges), options)).toEqual(build(aSession(twoExchanges)));
  });

  test('W-36: under a limit the oldest parents go first', () => {
    const prompt = build(aSession([asked('u', 'question')]), {
      strategy: 'hierarchical',
      parentSummaries: [words(300, 'old'), words(20, 'new')],
      maxTokens: 200,
    });
    expect(prompt[0]?.content).toContain('new new');
    expect(prompt[0]?.content).not.toContain('old old');
  });
});
