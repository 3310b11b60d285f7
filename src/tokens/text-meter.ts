/** Counts the tokens of text in one particular way: exactly, or by an estimate. */
export interface TextMeter {
  /** The number of tokens, but stops early and returns `limit + 1` once there are more than `limit`. */
  countUpTo(text: string, limit: number): number;
  /**
   * Where to cut text that takes more than `maxTokens`: the length in UTF-16 units of a prefix that takes about as many.
   * Never inside a code point, but the prefix may take a token more than allowed, as the end of a text counts differently.
   */
  prefixWithin(text: string, maxTokens: number): number;
}
