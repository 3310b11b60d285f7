/** A group of models that share a vocabulary which is not counted exactly here. */
export interface ModelFamily {
  readonly name: string;
  /** Tokens for each token of o200k_base, on English chat, tool calls and code. */
  readonly factor: number;
}

interface FamilyRow extends ModelFamily {
  readonly pattern: RegExp;
}

/** Factor of a family that nothing is known of. */
const NO_FIGURE = 1;

/**
 * First row whose pattern the lower-cased name matches.
 *
 * "Measured" means: the family's published vocabulary against o200k_base on 570 chat messages, 350 tool messages and 150
 * pieces of code, 2026-11. Other languages differ more (Hindi takes 1.5 to 3 times as many tokens in most of these); what
 * the provider reports corrects that, see `domain/calibration.ts`.
 */
const FAMILIES: readonly FamilyRow[] = [
  // Up to Claude 4.6. Measured with the vocabulary Anthropic published for Claude 2: 1.06, 1.04 and 1.09.
  {
    name: 'claude-4.6',
    pattern:
      /claude-(?:instant|2|3|(?:opus|sonnet|haiku)-4(?:$|[-.@](?:[0-6](?!\d)|\d{8}|latest)))/,
    factor: 1.1,
  },
  // From Claude Opus 4.7 on, Anthropic says, up to 1.35 times the tokens of before; 1.3 is taken.
  { name: 'claude', pattern: /claude/, factor: 1.43 },
  // Measured with Gemma 3, whose vocabulary Google's own offline counter uses for Gemini: 1.07, 1.06 and 1.18.
  { name: 'gemini', pattern: /gemini|gemma/, factor: 1.08 },
  // DeepSeek before Llama and Qwen: its distillations carry all three names. Measured with V3: 1.01, 1.03 and 1.05.
  { name: 'deepseek', pattern: /deepseek/, factor: 1.02 },
  // Measured with Llama 3: 1.01, 1.00 and 1.00.
  { name: 'llama', pattern: /llama/, factor: 1.01 },
  // Measured with Qwen 3: 1.02, 1.04 and 1.02.
  { name: 'qwen', pattern: /qwen|qwq/, factor: 1.03 },
  // Measured with the first vocabulary: 1.18, 1.16 and 1.26; later ones are larger, so this errs on the safe side.
  { name: 'mistral', pattern: /mi[sx]tral|codestral|devstral|magistral|pixtral/, factor: 1.18 },
  { name: 'grok', pattern: /grok/, factor: NO_FIGURE },
  { name: 'command', pattern: /command-(?:a|r|light|nightly)/, factor: NO_FIGURE },
  { name: 'nova', pattern: /nova-(?:micro|lite|pro|premier)/, factor: NO_FIGURE },
  { name: 'phi', pattern: /\bphi-?\d/, factor: NO_FIGURE },
  { name: 'glm', pattern: /\bglm-/, factor: NO_FIGURE },
  { name: 'kimi', pattern: /kimi|moonshot/, factor: NO_FIGURE },
  { name: 'minimax', pattern: /minimax/, factor: NO_FIGURE },
  { name: 'jamba', pattern: /jamba/, factor: NO_FIGURE },
  { name: 'granite', pattern: /granite/, factor: NO_FIGURE },
  { name: 'nemotron', pattern: /nemotron/, factor: NO_FIGURE },
];

/** The family of a lower-cased model name, wherever in the name it stands; null when it is of none. */
export function findFamily(name: string): ModelFamily | null {
  const row = FAMILIES.find(({ pattern }) => pattern.test(name));
  return row === undefined ? null : { name: row.name, factor: row.factor };
}
