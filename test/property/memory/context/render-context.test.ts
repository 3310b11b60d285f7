import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../../src/memory/chat-message.ts';
import type { ContextPlan, ContextStretch } from '../../../../src/memory/context/context-plan.ts';
import { verifyReceipt } from '../../../../src/memory/context/context-receipt.ts';
import { toAnthropicPrompt } from '../../../../src/memory/context/formats/anthropic.ts';
import { renderContext } from '../../../../src/memory/context/render-context.ts';
import { RenderMemo } from '../../../../src/memory/context/render-stretch.ts';
import { contentText } from '../../../../src/domain/message-content.ts';
import { promptTokens } from '../../../../src/memory/message-tokens.ts';
import { createTokenCounter } from '../../../../src/tokens/token-counter.ts';
import { hostileText, plans, stretches } from './hostile.ts';

const counter = createTokenCounter();

const forgetful: Pick<typeof counter, 'count' | 'countUpTo' | 'truncateText'> = {
  count: (content, model) => counter.count(content, model),
  countUpTo: (text, options) => counter.countUpTo(text, options),
  truncateText: (text, options) => counter.truncateText(text, options),
};

interface Change {
  readonly from: number;
  readonly folded: number;
  readonly text: string;
  readonly isOther: boolean;
  readonly isNewModel: boolean;
}

const step: fc.Arbitrary<Change & { readonly maxTokens: number }> = fc.record({
  from: fc.nat(3),
  folded: fc.nat(3),
  text: hostileText,
  isOther: fc.boolean(),
  isNewModel: fc.boolean(),
  maxTokens: fc.integer({ min: 500, max: 9_000 }),
});

/** A plan as it is made anew: other objects of the same pages and texts, some of them changed. */
function changed(plan: ContextPlan, other: ContextPlan, change: Change): ContextPlan {
  const all = change.isOther ? [...plan.stretches, ...other.stretches] : plan.stretches;
  return {
    ...plan,
    model: change.isNewModel ? other.model : plan.model,
    available: plan.available.slice(change.folded).map((page) => ({ ...page })),
    stretches: all.slice(change.from).map((stretch, at): ContextStretch => {
      const isChanged = at === change.folded;
      if (stretch.kind === 'block') {
        const entries = stretch.entries.map((entry) => ({
          ...entry,
          ...(isChanged ? { level: 1 as const, text: change.text } : {}),
        }));
        return { kind: 'block', entries };
      }
      const messages = stretch.messages.map((message) =>
        isChanged && message.role === 'user'
          ? { ...message, content: change.text }
          : { ...message },
      );
      return { kind: 'turn', pageIds: [...stretch.pageIds], messages };
    }),
  };
}

function isManifest({ role, content }: ChatMessage): boolean {
  return role === 'system' && contentText(content).startsWith('<VM:MANIFEST_JSON>\n');
}

describe('renderContext', () => {
  test('the same plan gives the same bytes, with and without a memo', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const memo = new RenderMemo();
        renderContext(plan, { counter, memo });

        const first = JSON.stringify(renderContext(plan, { counter }));

        expect(JSON.stringify(renderContext(plan, { counter, memo }))).toBe(first);
        expect(JSON.stringify(renderContext(structuredClone(plan), { counter }))).toBe(first);
      }),
    );
  });

  test('contexts one after the other are the same with and without a memo, whatever came before', () => {
    fc.assert(
      fc.property(plans, plans, fc.array(step, { maxLength: 6 }), (plan, other, steps) => {
        const memo = new RenderMemo();
        for (const { maxTokens, ...change } of steps) {
          const next = changed(plan, other, change);

          const rendered = renderContext(next, { counter, memo, maxTokens });

          // Without a memo, and with a counter that nothing is remembered of.
          const anew = renderContext(structuredClone(next), {
            counter: { ...forgetful },
            maxTokens,
          });
          expect(JSON.stringify(rendered)).toBe(JSON.stringify(anew));
          expect(rendered).toEqual(anew);
        }
      }),
    );
  });

  test('a plan that grew at its end begins with the same messages', () => {
    fc.assert(
      fc.property(plans, stretches, plans, (plan, more, later) => {
        // The first block is what a compaction left; what it folded is told in the manifest.
        fc.pre(plan.stretches.length > 0);
        const grown: ContextPlan = {
          ...plan,
          position: plan.position + 1,
          quota: later.quota,
          stretches: [...plan.stretches, ...more],
        };
        const before = renderContext(plan, { counter }).messages;
        const stable = before;

        expect(renderContext(grown, { counter }).messages.slice(0, stable.length)).toEqual(stable);
      }),
    );
  });

  test('M-189 M-W11: tokens are those of all that is sent, and never silently above the limit', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: -20, max: 300 }), (plan, room) => {
        // Both for a limit for which tools are brief.
        const noRoom = { maxTokens: 1 };
        const bare = renderContext(plan, { counter, manifest: noRoom, maxTokens: 5000 });
        const maxTokens = Math.max(0, bare.tokens + room);
        const { messages, tools, tokens, excessTokens } = renderContext(plan, {
          counter,
          maxTokens,
          manifest: { maxTokens: Infinity },
        });
        const ofTools =
          tools.length === 0 ? 0 : counter.countText(JSON.stringify(tools), plan.model);

        expect(tokens).toBe(promptTokens(messages, { counter, model: plan.model }) + ofTools);
        expect(excessTokens).toBe(Math.max(0, bare.tokens - maxTokens));
        expect(tokens - excessTokens).toBeLessThanOrEqual(maxTokens);
        expect(excessTokens > 0 && messages.some(isManifest)).toBe(false);
      }),
    );
  });

  test('M-118: delimiters stand only where we put them', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { messages } = renderContext({ ...plan, systemPrompt: null }, { counter });

        for (const message of messages) {
          const marks = JSON.stringify(message).match(/<\s*\/?\s*VM\s*:/gi) ?? [];
          const lines = message.role === 'system' ? message.content.split('\n') : [];
          const isOurs = /^<VM:[A-Z_]+>$/.test(lines[0] ?? '');
          expect(marks).toHaveLength(isOurs ? 2 : 0);
          const isClosed = lines.at(-1) === lines[0]?.replace('<', '</');
          expect(isClosed || !isOurs).toBe(true);
        }
      }),
    );
  });

  test('a receipt knows its context', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const rendered = renderContext(plan, { counter });

        expect(verifyReceipt(rendered.receipt, rendered).isSame).toBe(true);
        expect(verifyReceipt(rendered.receipt, { ...rendered, tools: [] }).changed).toEqual([]);
      }),
    );
  });
});

describe('toAnthropicPrompt', () => {
  test('gives messages by turns, results right after their calls, at most four marks', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { system, messages } = toAnthropicPrompt(renderContext(plan, { counter }).messages);

        for (const [at, { role, content }] of messages.entries()) {
          expect(role).toBe(at % 2 === 0 ? 'user' : 'assistant');
          expect(content).not.toEqual([]);
          const uses = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
          const next = messages[at + 1]?.content ?? [];
          expect(
            next.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
          ).toEqual(uses);
        }
        const marks = [...system, ...messages.flatMap(({ content }) => content)].filter(
          (block) => block.cache_control !== undefined,
        );
        expect(marks.length).toBeLessThanOrEqual(4);
      }),
    );
  });
});
