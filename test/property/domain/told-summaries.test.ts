import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/domain/json.ts';
import { effectiveSummaries } from '../../../src/domain/segment-span.ts';
import { noteTokens } from '../../../src/domain/summary-note.ts';
import { summariesWithin } from '../../../src/domain/told-summaries.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { aPolicy } from '../../lib/commands.ts';
import { aSession } from '../../lib/session.ts';

const counter = createTokenCounter();
const MODEL = 'gpt-4o';
const countTokens = (content: JsonValue): number => counter.count(content, MODEL).tokens;

const LETTERS = ['trade ', 'река ', '貿易', '🏛', '\n', '& <b> ', '?! ', 'wordswithoutanend'];
const texts = fc.array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 60 });

/** A question of each segment, and sometimes a summary that a model wrote of the one before. */
const conversations = fc.record({
  segments: fc.array(fc.record({ asks: texts, model: fc.option(texts) }), {
    minLength: 1,
    maxLength: 60,
    size: 'max',
  }),
  // A quarter of the thresholds from 80 tokens, where not even one summary has room, to that of the defaults.
  summaryTokens: fc.constantFrom(20, 50, 150, 400, 1000),
  // Whoever asks may have another budget than who closed the segments.
  maxTokens: fc.constantFrom(20, 60, 150, 1000, 4000),
});

test('each closed segment is told of, whole, shortened or as left out, in order and within the budget', () => {
  let marked = 0;
  let shortened = 0;
  fc.assert(
    fc.property(conversations, ({ segments, summaryTokens, maxTokens }) => {
      const policy = aPolicy({ maxTurnsPerSegment: 1, summaryTokens });
      const session = aSession({ policy, env: { countTokens } });
      for (const { asks, model } of segments) {
        session.record({ message: `How does this work: ${asks.join('')}?`, model: MODEL });
        const latest = session.state.closed.at(-1);
        if (model === null || latest === undefined) continue;
        const written = { segment: latest.number, text: model.join(''), model: MODEL };
        session.run({ type: 'apply-summary', ...written, revision: 1 });
      }
      const { summaries, tokens } = summariesWithin(session.state, maxTokens);
      expect(tokens).toBeLessThanOrEqual(maxTokens);
      let next = 1;
      for (const one of summaries) {
        expect(one.fromSegment).toBe(next);
        expect(one.tokens).toBe(noteTokens(one, countTokens));
        next = one.toSegment + 1;
      }
      expect(next).toBe(session.state.open.number);
      marked += Number(summaries.some(({ text }) => text.startsWith('(left')));
      shortened += Number(summaries.some(({ text }) => text.endsWith('…')));
      const { state } = session;
      const isAllTold = summaries.length === effectiveSummaries(state).length;
      // Less leaves a span hardly a word.
      const isLittle = summaryTokens < 400 || summaryTokens > maxTokens;
      expect(isAllTold || isLittle).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(marked).toBeGreaterThan(20);
  expect(shortened).toBeGreaterThan(20);
});
