import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChatMessage, renderEvents } from '../../../src/memory/chat-message.ts';
import { promptTokens } from '../../../src/memory/message-tokens.ts';
import {
  mergeRequests,
  summaryRequests,
  type SummaryRequestOptions,
} from '../../../src/memory/summary-request.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { histories } from './histories.ts';

const options: fc.Arbitrary<SummaryRequestOptions> = fc.record({
  counter: fc.constantFrom(createTokenCounter({ mode: 'estimate' }), createTokenCounter()),
  model: fc.constant('gpt-4o'),
  strategy: fc.constantFrom('basic', 'key_points', 'topic_based', 'query_focused', 'other'),
  maxTokens: fc.integer({ min: 400, max: 2000 }),
  summaryTokens: fc.option(fc.nat(2000), { nil: undefined }),
});

/** What the requests quote, without tags and line breaks. */
function quoted(requests: readonly (readonly { readonly content: string }[])[]): string {
  return requests
    .map((request) => request.at(-1)!.content.replaceAll(/<\/?\w+[^>]*>|\n/g, ''))
    .join('');
}

describe('summaryRequests', () => {
  test('C-130: no request has more tokens than allowed', () => {
    fc.assert(
      fc.property(histories, options, (events, chosen) => {
        for (const request of summaryRequests(renderEvents(events), chosen)) {
          expect(promptTokens(request, chosen)).toBeLessThanOrEqual(chosen.maxTokens);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('leaves nothing out, however often it has to divide', () => {
    fc.assert(
      fc.property(
        fc.array(fc.lorem({ maxCount: 700, size: 'max' }), { maxLength: 6, size: 'max' }),
        options,
        (texts, chosen) => {
          const messages = texts.map((content): ChatMessage => ({ role: 'user', content }));
          expect(quoted(summaryRequests(messages, chosen))).toBe(texts.join(''));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('mergeRequests', () => {
  test('no request has more tokens than allowed, and there are fewer requests than summaries', () => {
    const texts = fc.array(
      fc.oneof(
        fc.lorem({ maxCount: 500, size: 'max' }),
        fc.string({ unit: 'grapheme', minLength: 100, maxLength: 900, size: 'max' }),
        fc.constantFrom('', '<'.repeat(2000)),
      ),
      { minLength: 2, maxLength: 12, size: 'max' },
    );
    fc.assert(
      fc.property(texts, options, (summaries, chosen) => {
        const requests = mergeRequests(summaries, chosen);
        expect(requests.length).toBeGreaterThan(0);
        expect(requests.length).toBeLessThanOrEqual(Math.ceil(summaries.length / 2));
        for (const request of requests) {
          expect(promptTokens(request, chosen)).toBeLessThanOrEqual(chosen.maxTokens);
        }
      }),
      { numRuns: 300 },
    );
  });
});
