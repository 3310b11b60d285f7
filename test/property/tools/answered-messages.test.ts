import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswerParts } from '../../../src/api/answer-parts.ts';
import { readLlmResponse } from '../../../src/api/llm-response.ts';
import { readToolCalls } from '../../../src/tools/asked-tool-call.ts';

/** One call of a step, and whether the messages have its result. */
interface Asked {
  readonly toolName: string;
  readonly isAnswered: boolean;
}

/** What a model said and asked for before it was given results. */
interface Step {
  readonly text: string;
  readonly calls: readonly Asked[];
}

interface Numbered extends Asked {
  readonly id: string;
}

/** How an interface writes messages. */
interface Form {
  /** Whether results name the ids of their calls; where they do not, which call of a name they answer cannot be told. */
  readonly hasIds: boolean;
  readonly ofModel: (text: string, calls: readonly Numbered[]) => object;
  readonly ofTool: (call: Numbered) => object;
}

const ARGUMENTS = { euros: 5 };

function callOfChat({ id, toolName }: Numbered): object {
  return {
    id,
    type: 'function',
    function: { name: toolName, arguments: JSON.stringify(ARGUMENTS) },
  };
}

function messageOfChat(text: string, calls: readonly Numbered[]): object {
  const message = { role: 'assistant', content: text === '' ? null : text };
  return calls.length === 0 ? message : { ...message, tool_calls: calls.map(callOfChat) };
}

function partsOf(text: string, calls: readonly object[]): readonly object[] {
  return [...(text === '' ? [] : [{ type: 'text', text }]), ...calls];
}

const FORMS: Readonly<Record<string, Form>> = {
  openai: {
    hasIds: true,
    ofModel: messageOfChat,
    ofTool: ({ id, toolName }) => ({
      role: 'tool',
      tool_call_id: id,
      name: toolName,
      content: 'ok',
    }),
  },
  mistral: {
    hasIds: true,
    ofModel: (text, calls) => ({
      role: 'assistant',
      content: text,
      toolCalls: calls.map(callOfChat),
    }),
    ofTool: ({ id }) => ({ role: 'tool', toolCallId: id, content: 'ok' }),
  },
  sdk: {
    hasIds: true,
    ofModel: (text, calls) => ({
      role: 'assistant',
      content: partsOf(
        text,
        calls.flatMap(({ id, toolName }) => [
          { type: 'tool-call', toolCallId: id, toolName, input: ARGUMENTS },
        ]),
      ),
    }),
    ofTool: ({ id, toolName }) => ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: id, toolName, output: { type: 'text' } }],
    }),
  },
  'sdk with calls twice': {
    hasIds: true,
    ofModel: (text, calls) => {
      const parts = calls.map(({ id, toolName }) => ({
        type: 'tool-call',
        toolCallId: id,
        toolName,
        input: ARGUMENTS,
      }));
      return { role: 'assistant', content: partsOf(text, parts), toolCalls: parts };
    },
    ofTool: ({ id, toolName }) => ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: id, toolName, output: { type: 'text' } }],
    }),
  },
  'openai with items': {
    hasIds: true,
    ofModel: (text, calls) => ({
      role: 'assistant',
      content: partsOf(
        text,
        calls.map(({ id, toolName }) => ({
          type: 'function_call',
          id: `fc_${id}`,
          call_id: id,
          name: toolName,
          arguments: JSON.stringify(ARGUMENTS),
        })),
      ),
      tool_calls: calls.map(callOfChat),
    }),
    ofTool: ({ id }) => ({ role: 'tool', tool_call_id: id, content: 'ok' }),
  },
  langchain: {
    hasIds: true,
    ofModel: (text, calls) => ({
      role: 'assistant',
      content: text,
      tool_calls: calls.map(({ id, toolName }) => ({ id, name: toolName, args: ARGUMENTS })),
    }),
    ofTool: ({ id }) => ({ role: 'tool', tool_call_id: id, content: 'ok' }),
  },
  approved: {
    hasIds: true,
    ofModel: (text, calls) => ({
      role: 'assistant',
      content: partsOf(
        text,
        calls.flatMap(({ id, toolName, isAnswered }) => [
          { type: 'tool-call', toolCallId: id, toolName, input: ARGUMENTS },
          ...(isAnswered
            ? [{ type: 'tool-approval-request', approvalId: `a-${id}`, toolCallId: id }]
            : []),
        ]),
      ),
    }),
    ofTool: ({ id, toolName }) => ({
      role: 'tool',
      content: [
        { type: 'tool-approval-response', approvalId: `a-${id}`, approved: true },
        { type: 'tool-result', toolCallId: id, toolName, output: { type: 'text' } },
      ],
    }),
  },
  ollama: {
    hasIds: false,
    ofModel: (text, calls) => ({
      role: 'assistant',
      content: text,
      tool_calls: calls.map(({ toolName }) => ({
        function: { name: toolName, arguments: ARGUMENTS },
      })),
    }),
    ofTool: ({ toolName }) => ({ role: 'tool', tool_name: toolName, content: 'ok' }),
  },
  'ollama with ids': {
    hasIds: false,
    ofModel: (text, calls) => ({
      role: 'assistant',
      content: text,
      tool_calls: calls.map(({ id, toolName }) => ({
        id,
        function: { name: toolName, arguments: ARGUMENTS },
      })),
    }),
    ofTool: ({ toolName }) => ({ role: 'tool', tool_name: toolName, content: 'ok' }),
  },
};

const STEP: fc.Arbitrary<Step> = fc.record({
  text: fc.constantFrom('', 'I look.', '{"a":1}', 'Zwölf Euro.'),
  calls: fc.array(
    fc.record({ toolName: fc.constantFrom('pay', 'look', 'search'), isAnswered: fc.boolean() }),
    { maxLength: 3 },
  ),
});

/** Ids that count from one in each step, as some interfaces have them, or on through all of them. */
function numbered(steps: readonly Step[], beginsAnew: boolean): readonly (readonly Numbered[])[] {
  let count = 0;
  return steps.map(({ calls }) => {
    if (beginsAnew) count = 0;
    return calls.map((call) => {
      count += 1;
      return { ...call, id: `call_${count}` };
    });
  });
}

test.each(Object.entries(FORMS))(
  'asks for what no message answers, and says what the model said: %s',
  (_, form) => {
    fc.assert(
      fc.property(
        fc.array(STEP, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (steps, beginsAnew) => {
          const calls = numbered(steps, beginsAnew);
          const messages = steps.flatMap(({ text }, index) => {
            const asked = calls[index] ?? [];
            const answered = asked.filter(({ isAnswered }) => isAnswered);
            return [form.ofModel(text, asked), ...answered.map(form.ofTool)];
          });
          const open = calls.flat().filter(({ isAnswered }) => !isAnswered);
          const said = steps.map(({ text }) => text).filter((text) => text !== '');

          const found = readToolCalls(messages);
          const key = ({ id, toolName }: { id: string | null; toolName: string }): string =>
            form.hasIds ? `${id} ${toolName}` : toolName;
          const foundKeys = found.map(({ callId, toolName }) => key({ id: callId, toolName }));
          const openKeys = open.map(key);
          // Where results name no ids, they answer the first call of their name.
          expect(form.hasIds ? foundKeys : foundKeys.toSorted()).toEqual(
            form.hasIds ? openKeys : openKeys.toSorted(),
          );
          expect(readAnswerParts(messages)).toMatchObject({ text: said.join('\n') });
          expect(readLlmResponse(messages).text).toBe(said.join('\n'));
        },
      ),
      { numRuns: 200 },
    );
  },
);
