import { z } from 'zod';
import type { AnswerFlaw } from '../domain/model-call-error.ts';
import type { WireFormat } from './model-endpoint.ts';

const VERSION = '2023-06-01';

const answerSchema = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.unknown().optional(),
  usage: z.unknown().optional(),
});

/** Ends of an answer that are not the model's own. */
const FLAWS: ReadonlyMap<unknown, AnswerFlaw> = new Map([
  ['max_tokens', 'unfinished'],
  ['model_context_window_exceeded', 'unfinished'],
  ['pause_turn', 'unfinished'],
  ['refusal', 'declined'],
]);

/** The messages interface of Anthropic. */
export const ANTHROPIC_FORMAT: WireFormat = {
  path: '/v1/messages',
  headers: (apiKey) => ({ 'x-api-key': apiKey, 'anthropic-version': VERSION }),
  body: ({ request, model, maxTokens }) => {
    const contents = (role: string): readonly string[] =>
      request.filter((message) => message.role === role).map(({ content }) => content);
    return {
      model,
      max_tokens: maxTokens,
      system: contents('system').join('\n'),
      messages: [{ role: 'user', content: contents('user').join('\n') }],
    };
  },
  parse: (body) => {
    const { content, stop_reason, usage } = answerSchema.parse(body);
    const texts = content.filter(({ type }) => type === 'text').map(({ text }) => text ?? '');
    return { text: texts.join(''), flaw: FLAWS.get(stop_reason) ?? null, usage: usage ?? null };
  },
};
