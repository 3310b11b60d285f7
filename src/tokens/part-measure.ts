/** What a piece of content takes. */
export interface Measure {
  readonly tokens: number;
  /** Whether nothing but text was counted: media are always estimates. */
  readonly isText: boolean;
}

/** What a rule needs to measure the fields of a part. */
export interface FieldMeasurer {
  /** A string as text, anything else as JSON text. */
  text(value: unknown): Measure;
  /** Text, a part, or an array of parts. */
  content(value: unknown): Measure;
}

/** Measures one part of a message. */
export type PartRule = (part: object, measurer: FieldMeasurer) => Measure;

/** Adds measures up. */
export function sumOf(measures: readonly Measure[]): Measure {
  return {
    tokens: measures.reduce((sum, { tokens }) => sum + tokens, 0),
    isText: measures.every(({ isText }) => isText),
  };
}
