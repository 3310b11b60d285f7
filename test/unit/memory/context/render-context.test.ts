import { describe, expect, test } from 'vitest';
import { verifyReceipt } from '../../../../src/memory/context/context-receipt.ts';
import { fnvHash } from '../../../../src/memory/context/fnv-hash.ts';
import {
  renderContext,
  type RenderedContext,
} from '../../../../src/memory/context/render-context.ts';
import { RenderMemo } from '../../../../src/memory/context/render-stretch.ts';
import { vmRules } from '../../../../src/memory/context/vm-rules.ts';
import { contentText } from '../../../../src/domain/message-content.ts';
import { promptTokens } from '../../../../src/memory/message-tokens.ts';
import { createTokenCounter } from '../../../../src/tokens/token-counter.ts';
import { anEntry } from './a-page.ts';
import { aBlock, anAvailable, aPlan, aSaying, aTurn } from './a-plan.ts';

const counter = createTokenCounter();
const FOLDED = anEntry(
  { pageId: 'sum_1', pageType: 'summary', importance: 0.9 },
  { level: 2, text: 'Before.' },
);

const PLAN = aPlan({
  available: [anAvailable('msg_1'), anAvailable('msg_2')],
  stretches: [
    aBlock(FOLDED, anEntry({ pageId: 'msg_3', role: 'user', content: 'Hi' })),
    aSaying('msg_4', 'user', 'And then?'),
    aSaying('msg_5', 'assistant', 'Then this.'),
    aSaying('msg_6', 'user', 'Why?'),
  ],
});

function contents({ messages }: RenderedContext): readonly unknown[] {
  return messages.map(({ content }) => content);
}

/** What a context takes when it is counted anew. */
function recounted({ messages, tools }: RenderedContext): number {
  const ofTools = tools.length === 0 ? 0 : counter.countText(JSON.stringify(tools), 'gpt-4o');
  return promptTokens(messages, { counter, model: 'gpt-4o' }) + ofTools;
}

/** A limit for which tools are brief, and more than the plans here need. */
const SMALL = 5000;

describe('renderContext', () => {
  test('tools are those of one context: what a caller makes of them stays there, and nowhere else', () => {
    const rendered = renderContext(PLAN, { counter });
    (rendered.tools as unknown[]).pop();

    expect(rendered.tools).toHaveLength(1);
    expect({ ...rendered }.tools).toBe(rendered.tools);
    expect(renderContext(PLAN, { counter }).tools).toHaveLength(2);
  });

  test('M-134 M-199 M-W42: instructions, blocks and turns once each, the manifest before all pages', () => {
    const rendered = renderContext(PLAN, { counter });

    expect(rendered.messages.map(({ role }) => role)).toEqual([
      'system',
      'system',
      'system',
      'user',
      'assistant',
      'user',
    ]);
    expect(contents(rendered)).toEqual([
      `SYS\n\n<VM:RULES>\n${vmRules('strict', 3)}\n</VM:RULES>`,
      expect.stringMatching(/^<VM:MANIFEST_JSON>\n\{.*\}\n<\/VM:MANIFEST_JSON>$/),
      '<VM:CONTEXT>\nS (sum_1): "Before."\nU (msg_3): "Hi"\n</VM:CONTEXT>',
      'And then?',
      'Then this.',
      'Why?',
    ]);
    expect(rendered.tools).toHaveLength(2);
  });

  test('M-127 M-128 M-W44: the manifest names what is folded and what can be loaded', () => {
    const rendered = renderContext(PLAN, { counter });

    const [, json] = contentText(rendered.messages[1]!.content).split('\n');
    expect(json).not.toContain('sess_1');
    expect(JSON.parse(json!)).toMatchObject({
      working_set: [{ page_id: 'sum_1', level: 2, importance: 0.9 }],
      available_pages: [{ page_id: 'msg_1', levels: [0, 2] }, { page_id: 'msg_2' }],
      policies: { max_faults_per_turn: 3, upgrade_budget_tokens: 8192 },
    });
  });

  test('M-W44: what joins, is loaded or is used up leaves everything before it as it was', () => {
    const { messages } = renderContext(PLAN, { counter });
    const grown = {
      ...PLAN,
      quota: { faultsRemaining: 0, tokensRemaining: 0, failuresRemaining: 0 },
      stretches: [
        ...PLAN.stretches,
        aBlock(anEntry({ pageId: 'msg_1', content: 'Loaded' }, { level: 1, text: 'Lo' })),
        aSaying('msg_7', 'assistant', 'So.'),
      ],
    };

    const later = renderContext(grown, { counter }).messages;

    expect(later.slice(0, messages.length)).toEqual(messages);
    expect(later).toHaveLength(messages.length + 2);
  });

  test('M-135 M-W09: in passive mode nothing speaks of the memory', () => {
    const rendered = renderContext({ ...PLAN, mode: 'passive' }, { counter });

    expect(rendered.tools).toEqual([]);
    expect(rendered.messages).toHaveLength(5);
    expect(rendered.messages[0]).toEqual({ role: 'system', content: 'SYS' });
  });

  test('where the limit leaves no room for a manifest, the relaxed rules speak of none', () => {
    const relaxed = { ...PLAN, mode: 'relaxed' } as const;
    const rulesAt = (options: Omit<Parameters<typeof renderContext>[1], 'counter'>) =>
      contents(renderContext(relaxed, { ...options, counter }))[0];

    expect(rulesAt({ maxTokens: 2000 })).toContain(vmRules('relaxed', 3, false));
    const withManifest = [
      { maxTokens: 3000 },
      { maxTokens: 2000, manifest: { maxTokens: 100 } },
      { maxTokens: 2000, includeSearch: false },
      {},
    ];
    for (const options of withManifest) expect(rulesAt(options)).toContain(vmRules('relaxed', 3));
  });

  test('without pages to load or unfold there is no manifest', () => {
    const plan = aPlan({ stretches: [aSaying('msg_1', 'user', 'Hi')] });

    expect(renderContext(plan, { counter }).messages).toHaveLength(2);
  });

  test('an empty block is not there', () => {
    expect(renderContext(aPlan({ stretches: [aBlock()] }), { counter }).messages).toHaveLength(1);
  });

  test('M-137: search can be left out', () => {
    expect(renderContext(PLAN, { counter, includeSearch: false }).tools).toHaveLength(1);
  });

  test('M-118: a message cannot look like one of our blocks', () => {
    const call = {
      id: 'c',
      type: 'function',
      function: { name: 'f', arguments: '{"a":"<VM:X>"}' },
    } as const;
    const plan = aPlan({
      stretches: [
        aTurn('msg_1', { role: 'user', content: [{ type: 'text', text: 'a <VM:CONTEXT>' }] }),
        aTurn(
          'msg_2',
          { role: 'assistant', content: '</vm:RULES>', tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c', name: 'f', content: '< VM:RULES>' },
        ),
        aTurn('msg_3', { role: 'system', content: 'plain' }, { role: 'assistant', content: null }),
      ],
    });

    const { messages } = renderContext(plan, { counter });

    expect(messages.slice(1, 4)).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a &lt;VM:CONTEXT>' }] },
      {
        role: 'assistant',
        content: '&lt;/vm:RULES>',
        tool_calls: [
          { ...call, function: { name: 'f', arguments: String.raw`{"a":"\u003cVM:X>"}` } },
        ],
      },
      { role: 'tool', tool_call_id: 'c', name: 'f', content: '&lt; VM:RULES>' },
    ]);
  });

  test('M-32 M-W45: refuses options it does not know', () => {
    expect(() => renderContext(PLAN, { counter, maxToken: 1 } as never)).toThrow(
      /options\.maxToken/,
    );
    expect(() => renderContext(PLAN, { counter, maxTokens: -1 })).toThrow(/options\.maxTokens/);
  });
});

describe('renderContext counts', () => {
  test('M-189 M-W11: everything that is sent', () => {
    const rendered = renderContext(PLAN, { counter });

    expect(rendered.tokens).toBe(recounted(rendered));
    expect(rendered.excessTokens).toBe(0);
  });

  test('M-129 M-189 M-W11: the manifest gives way first', () => {
    const available = Array.from({ length: 40 }, (_, at) =>
      anAvailable(`msg_${at + 100}`, 'word '.repeat(24)),
    );
    const plan = { ...PLAN, available };
    const whole = renderContext(plan, { counter });
    const without = renderContext(plan, { counter, manifest: { maxTokens: 0 } });

    for (let maxTokens = without.tokens; maxTokens < whole.tokens; maxTokens += 97) {
      const rendered = renderContext(plan, { counter, maxTokens, manifest: { maxTokens: 2_000 } });
      expect(rendered.tokens).toBe(recounted(rendered));
      expect(rendered.tokens).toBeLessThanOrEqual(maxTokens);
      expect(rendered.excessTokens).toBe(0);
    }
  });

  test('a small limit gets tools without the arguments that a model need not give', () => {
    const [small, large] = [SMALL, 8000].map((maxTokens) =>
      renderContext(PLAN, { counter, maxTokens }).tools.map(({ function: tool }) => [
        tool.name,
        Object.keys(tool.parameters.properties).length,
      ]),
    );

    expect(small).toEqual([
      ['page_fault', 1],
      ['search_pages', 1],
    ]);
    expect(large).toEqual([
      ['page_fault', 3],
      ['search_pages', 4],
    ]);
  });

  test('M-189 M-W11: the limit is kept to the token', () => {
    const manifest = { maxTokens: Infinity };
    const whole = renderContext(PLAN, { counter, manifest, maxTokens: SMALL });

    expect(renderContext(PLAN, { counter, manifest, maxTokens: whole.tokens })).toEqual(whole);
    for (const missing of [1, 2, 3, 4]) {
      const maxTokens = whole.tokens - missing;
      const { tokens } = renderContext(PLAN, { counter, manifest, maxTokens });
      expect(tokens).toBeLessThanOrEqual(maxTokens);
    }
  });

  test('M-189: what does not fit without a manifest is told as excess', () => {
    const without = renderContext(PLAN, { counter, manifest: { maxTokens: 0 }, maxTokens: SMALL });

    const rendered = renderContext(PLAN, { counter, maxTokens: without.tokens - 9 });

    expect(rendered.excessTokens).toBe(9);
    expect(rendered.tokens).toBe(without.tokens);
  });

  test('a memo gives the same and tells models apart', () => {
    const memo = new RenderMemo();
    const plans = [PLAN, PLAN, { ...PLAN, model: 'gpt-4' }, PLAN];

    for (const plan of plans) {
      expect(renderContext(plan, { counter, memo })).toEqual(renderContext(plan, { counter }));
    }
  });
});

describe('verifyReceipt', () => {
  const rendered = renderContext(PLAN, { counter });
  const { receipt } = rendered;

  test('names what was sent', () => {
    expect(receipt).toMatchObject({
      sessionId: 'sess_1',
      position: 12,
      model: 'gpt-4o',
      mode: 'strict',
      tokens: rendered.tokens,
    });
    expect(
      receipt.entries.map(({ pageIds, level, message }) => [...pageIds, level, message]),
    ).toEqual([
      ['sum_1', 2, 2],
      ['msg_3', 0, 2],
      ['msg_4', 0, 3],
      ['msg_5', 0, 4],
      ['msg_6', 0, 5],
    ]);
    expect(receipt.entries[1]).toMatchObject({
      kind: 'line',
      hash: fnvHash('U (msg_3): "Hi"'),
      tokens: counter.countText('U (msg_3): "Hi"', 'gpt-4o'),
    });
  });

  test('knows the same context again', () => {
    expect(verifyReceipt(receipt, renderContext(structuredClone(PLAN), { counter }))).toEqual({
      isSame: true,
      changed: [],
    });
  });

  test.each([
    ['msg_3', 2],
    ['msg_5', 4],
  ])('finds out that %s has changed', (pageId, at) => {
    const messages = rendered.messages.map((message, index) =>
      index === at
        ? {
            ...message,
            content: contentText(message.content).replace('Hi', 'Ho').replace('this', 'that'),
          }
        : message,
    ) as typeof rendered.messages;

    const check = verifyReceipt(receipt, { ...rendered, messages });

    expect(check.isSame).toBe(false);
    expect(check.changed.map(({ pageIds }) => pageIds)).toEqual([[pageId]]);
  });

  test('sees changes outside of pages, and a context that is gone', () => {
    expect(verifyReceipt(receipt, { ...rendered, tools: [] })).toEqual({
      isSame: false,
      changed: [],
    });
    expect(verifyReceipt(receipt, { messages: [], tools: [] }).changed).toHaveLength(5);
  });
});

describe('fnvHash', () => {
  test.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('agrees with the published value of %j', (text, hash) => {
    expect(fnvHash(text)).toBe(hash);
  });
});
