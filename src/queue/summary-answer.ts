import { z } from 'zod';
import { InvalidInput, type PagefoldError } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';

/** What one call to a model used. */
export interface ModelUsage {
  readonly model: string;
  /** Null or not given where the model's name says enough. */
  readonly provider?: string | null | undefined;
  /** The provider's usage, as it came. */
  readonly usage: unknown;
}

/** A summary, and what it cost to have it written; that is charged to the session. */
export interface SummaryAnswer {
  readonly text: string;
  /** One for each call; the one alone where there was no other. */
  readonly usage?: ModelUsage | readonly ModelUsage[] | null | undefined;
}

/** An answer taken apart: a text is kept whatever the form of its bill. */
export interface ReadAnswer {
  /** What is offered as the summary; it may be no text. */
  readonly text: unknown;
  /** One for each call; an error that names the field where it cannot be read. */
  readonly usage: readonly (ModelUsage | PagefoldError)[];
}

const answerSchema = z.object({ text: z.string(), usage: z.unknown().optional() });
const usageSchema: z.ZodType<ModelUsage> = z.object({
  model: z.string().max(200),
  provider: z.string().max(200).nullish(),
  usage: z.unknown(),
});

/** Takes apart what a summariser answered: a text alone, or one with what it cost. */
export function readAnswer(answer: unknown): ReadAnswer {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return { text: answer, usage: [] };
  const { text, usage } = parsed.data;
  if (usage === undefined || usage === null) return { text, usage: [] };
  const calls = Array.isArray(usage)
    ? usage.map((call: unknown, index) => readUsage(call, `usage[${index}]`))
    : [readUsage(usage, 'usage')];
  return { text, usage: calls };
}

/** The usage of one call, or why it is none. */
export function readUsage(call: unknown, field: string): ModelUsage | PagefoldError {
  try {
    return parseInput(usageSchema, call, field);
  } catch (error) {
    if (InvalidInput.isInstance(error)) return error;
    throw error;
  }
}
