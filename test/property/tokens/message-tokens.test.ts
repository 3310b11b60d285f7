import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countMessageTokens } from '../../../src/tokens/message-tokens.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const counter = createTokenCounter();
const content = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(null, undefined),
  fc.array(fc.record({ type: fc.constant('text'), text: fc.string() }), { maxLength: 3 }),
);
const maybeText = fc.option(fc.string(), { nil: undefined });
const message = fc.record(
  {
    role: fc.constantFrom('user', 'assistant'),
    content,
    refusal: fc.option(maybeText, { nil: null }),
    reasoning_content: maybeText,
    tool_calls: fc.option(fc.array(fc.jsonValue(), { maxLength: 2 }), { nil: undefined }),
  },
  { requiredKeys: ['role', 'content'] },
);

describe('countMessageTokens', () => {
  test.each(['gpt-4o', 'claude-opus-5'])(
    'counts a message as a part of that type, for %s',
    (model) => {
      fc.assert(
        fc.property(message, (value) => {
          fc.pre(value.content !== undefined || value.tool_calls !== undefined);
          const { content: said, refusal, reasoning_content, tool_calls } = value;
          const part = { type: 'message', content: said, refusal, reasoning_content, tool_calls };
          expect(countMessageTokens(value, { counter, model })).toEqual(counter.count(part, model));
        }),
      );
    },
  );
});
