import type { JsonValue } from './json.ts';
import type { PriceBook } from './price-book.ts';

/** All a decision may know besides state and command, so that the same three always give the same events. */
export interface DecisionEnvironment {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** A fresh unique id. */
  readonly newId: () => string;
  /** Tokens of any content for a model; never throws. */
  readonly countTokens: (content: JsonValue, model: string) => number;
  /** Whether text for this model is counted exactly; else what providers report corrects the counts. */
  readonly isExactFor: (model: string) => boolean;
  readonly prices: PriceBook;
}
