import { describe, expect, test } from 'vitest';
import type { ContextPlan, ContextStretch } from '../../../../src/memory/context/context-plan.ts';
import { renderContext } from '../../../../src/memory/context/render-context.ts';
import { RenderMemo } from '../../../../src/memory/context/render-stretch.ts';
import { createTokenCounter, type TokenCounter } from '../../../../src/tokens/token-counter.ts';
import { anEntry } from './a-page.ts';
import { aBlock, anAvailable, aPlan, aSaying, aTurn } from './a-plan.ts';

const tokens = createTokenCounter();

/** A counter that tells what it was asked to count. */
function aWatchedCounter(): Pick<TokenCounter, 'count' | 'countUpTo' | 'truncateText'> & {
  readonly counted: unknown[];
} {
  const counted: unknown[] = [];
  return {
    counted,
    count(content, model) {
      counted.push(content);
      return tokens.count(content, model);
    },
    countUpTo(text, options) {
      counted.push(text);
      return tokens.countUpTo(text, options);
    },
    truncateText: (text, options) => tokens.truncateText(text, options),
  };
}

const FOLDED = anEntry({ pageId: 'msg_1', content: 'Long' }, { level: 1, text: 'Lo' });
const WHOLE = anEntry({ pageId: 'msg_2', content: 'Two' }, { text: 'Two' });
const CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: 'find', arguments: '{"q":"x"}' },
} as const;

/** The same context as other objects, as a memory makes it for every call. */
function stretches(): readonly ContextStretch[] {
  return [
    aBlock({ ...FOLDED }, { ...WHOLE }),
    aSaying('msg_4', 'user', 'And <VM:CONTEXT> then?'),
    {
      kind: 'turn',
      pageIds: [],
      messages: [
        { role: 'assistant', content: null, tool_calls: [{ ...CALL }] },
        { role: 'tool', tool_call_id: 'call_1', name: 'find', content: 'Found' },
      ],
    },
    aTurn('msg_6', { role: 'user', content: [{ type: 'text', text: 'Why?' }] }),
  ];
}

const available = [anAvailable('msg_0')];

function plan(...more: readonly ContextStretch[]): ContextPlan {
  return aPlan({ available: [...available], stretches: [...stretches(), ...more] });
}

describe('RenderMemo', () => {
  test('nothing of a context that is made anew is counted again', () => {
    const counter = aWatchedCounter();
    const memo = new RenderMemo();
    const first = renderContext(plan(), { counter, memo });
    counter.counted.length = 0;

    expect(renderContext(plan(), { counter, memo })).toEqual(first);
    expect(counter.counted).toEqual([]);
  });

  test('of a context that grew only what is new is counted', () => {
    const counter = aWatchedCounter();
    const memo = new RenderMemo();
    renderContext(plan(), { counter, memo });
    counter.counted.length = 0;

    renderContext(plan(aSaying('msg_7', 'assistant', 'Because.')), { counter, memo });

    expect(counter.counted).toEqual(['Because.']);
  });

  test('lasting stretches are rendered once, and written anew for another model', () => {
    const memo = new RenderMemo();
    const given = plan();
    const options = { counter: tokens, memo, areStretchesLasting: true };
    const first = renderContext(given, options);

    const grown = { ...given, stretches: [...given.stretches, aSaying('msg_7', 'user', 'More?')] };
    const second = renderContext(grown, options);

    expect(second).toEqual(renderContext(grown, { counter: tokens }));
    expect(second.messages[3]).toBe(first.messages[3]);
    expect(second.receipt.entries[1]).toBe(first.receipt.entries[1]);
    const other = { ...grown, model: 'gpt-4' };
    expect(renderContext(other, options)).toEqual(renderContext(other, { counter: tokens }));
  });

  test('of a block that changed in one line the other lines are known', () => {
    const counter = aWatchedCounter();
    const memo = new RenderMemo();
    renderContext(aPlan({ stretches: [aBlock(FOLDED, WHOLE)] }), { counter, memo });
    counter.counted.length = 0;

    const stretch = aBlock({ ...FOLDED, text: 'L' }, WHOLE);
    renderContext(aPlan({ stretches: [stretch], mode: 'passive' }), { counter, memo });

    expect(counter.counted).toContain('U (msg_1): "L"');
    expect(counter.counted).not.toContain('U (msg_2): "Two"');
  });

  test('a page that says something else is another page', () => {
    const memo = new RenderMemo();
    const other = anEntry({ pageId: 'msg_2', content: 'Other' }, { text: 'Other' });
    renderContext(plan(), { counter: tokens, memo });

    const { messages } = renderContext(aPlan({ stretches: [aBlock(FOLDED, other)] }), {
      counter: tokens,
      memo,
    });

    expect(JSON.stringify(messages)).toContain('Other');
  });

  test('whoever changes what they got does not change what the next one gets', () => {
    const memo = new RenderMemo();
    const given = plan();
    const anew = renderContext(plan(), { counter: tokens });
    const { messages } = renderContext(given, { counter: tokens, memo });
    for (const message of messages) Object.assign(message, { content: 'changed' });

    expect(renderContext(plan(), { counter: tokens, memo })).toEqual(anew);
    expect(renderContext(given, { counter: tokens, memo })).toEqual(
      renderContext(given, { counter: tokens }),
    );
  });

  test('instructions and tools are counted once for all who count with the same counter', () => {
    const counter = aWatchedCounter();
    renderContext(aPlan(), { counter });
    expect(counter.counted).toHaveLength(2);

    renderContext(aPlan(), { counter });
    expect(counter.counted).toHaveLength(2);

    renderContext(aPlan({ model: 'gpt-4' }), { counter });
    expect(counter.counted).toHaveLength(4);
  });

  test('instructions that are too long to be kept are counted each time', () => {
    const counter = aWatchedCounter();
    const systemPrompt = 'word '.repeat(20_000);
    const long = aPlan({ systemPrompt, mode: 'passive' });

    const first = renderContext(long, { counter });

    expect(renderContext(long, { counter })).toEqual(first);
    expect(counter.counted.filter((text) => text === systemPrompt)).toHaveLength(2);
  });
});
