import { z } from 'zod';
import type { AnswerFlaw } from '../domain/model-call-error.ts';
import type { WireFormat } from './model-endpoint.ts';

const choiceSchema = z.looseObject({
  message: z.looseObject({ content: z.string().nullable(), refusal: z.unknown().optional() }),
  finish_reason: z.unknown().optional(),
});
type Choice = z.infer<typeof choiceSchema>;

const answerSchema = z.looseObject({
  choices: z.array(choiceSchema),
  usage: z.unknown().optional(),
});

/** Ends of an answer that are not the model's own, by the names that OpenAI and servers of open models have for them. */
const FLAWS: ReadonlyMap<unknown, AnswerFlaw> = new Map([
  ['length', 'unfinished'],
  ['model_length', 'unfinished'],
  ['max_tokens', 'unfinished'],
  ['abort', 'unfinished'],
  ['error', 'unfinished'],
  ['content_filter', 'declined'],
  ['refusal', 'declined'],
]);

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
    const [choice] = choices;
    const text = choice?.message.content ?? '';
    return { text, flaw: choice === undefined ? null : flawOf(choice), usage: usage ?? null };
  },
};

function flawOf({ message, finish_reason }: Choice): AnswerFlaw | null {
  const { refusal } = message;
  if (typeof refusal === 'string' && refusal !== '') return 'declined';
  return FLAWS.get(finish_reason) ?? null;
}
