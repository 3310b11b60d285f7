import { z } from 'zod';
import type { WireFormat } from './model-endpoint.ts';

const answerSchema = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string().nullable() }) })),
  usage: z.unknown().optional(),
});

/** The chat interface of OpenAI, which most servers of open models speak too. */
export const OPENAI_FORMAT: WireFormat = {
  path: '/chat/completions',
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  body: ({ request, model, maxTokens }) => ({
    model,
    messages: request,
    max_completion_tokens: maxTokens,
  }),
  parse: (body) => {
    const { choices, usage } = answerSchema.parse(body);
    return { text: choices[0]?.message.content ?? '', usage: usage ?? null };
  },
};
