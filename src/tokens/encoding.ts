import type { EncodingName } from '../kernel/token-rules.ts';
import { findFamily } from './model-family.ts';
import type { ModelFamily } from './model-family.ts';

/** How the tokens of a model are found out. */
export type ModelEncoding =
  /** The model is known to use this encoding. */
  | { readonly kind: 'known'; readonly encoding: EncodingName }
  /** The model has another vocabulary: estimated by its family. */
  | { readonly kind: 'family'; readonly family: ModelFamily }
  /** Nothing is known of the model: counted with cl100k_base, and never called exact. */
  | { readonly kind: 'unknown'; readonly encoding: EncodingName };

/** Encodings by model name, for deployments with names of their own; keys are matched without regard to case. */
export type ModelEncodings = Readonly<Record<string, EncodingName>>;

const FALLBACK_ENCODING: EncodingName = 'cl100k_base';

/**
 * First row whose pattern the bare name matches. Sources: the model table of OpenAI's tiktoken; for gpt-oss its model card
 * (its o200k_harmony is o200k_base with more special tokens).
 */
const OPENAI_MODELS: readonly (readonly [pattern: RegExp, encoding: EncodingName])[] = [
  [/^(?:gpt-5|gpt-4o|gpt-4\.|chatgpt-4o|gpt-oss|codex-mini)/, 'o200k_base'],
  [/^o[134](?:$|[-.:@_])/, 'o200k_base'],
  [/^(?:gpt-4|gpt-3\.5|gpt-35)/, 'cl100k_base'],
  [/^(?:text-embedding-3|text-embedding-ada-002|davinci-002|babbage-002)/, 'cl100k_base'],
];

const FINE_TUNED = /^ft:/;

/**
 * Which encoding a model uses. Case, a provider before the name (`openai/gpt-4o`, `azure:gpt-4o`) and `ft:` are ignored,
 * and so are dates and variants after it (`gpt-4o-2024-08-06`, `gpt-4o:free`).
 *
 * A model of a known other family is estimated. Of a name that says nothing (`unknown`, an empty one, a deployment's own)
 * the safest guess is a count with cl100k_base, which takes rather more tokens than newer vocabularies do.
 */
export function encodingOf(model: string, overrides: ModelEncodings = {}): ModelEncoding {
  const name = model.trim().toLowerCase();
  const override = findOverride([name, afterProvider(name)], overrides);
  if (override !== null) return { kind: 'known', encoding: override };
  const known = findOpenAi(name);
  if (known !== null) return { kind: 'known', encoding: known };
  const family = findFamily(name);
  if (family !== null) return { kind: 'family', family };
  return { kind: 'unknown', encoding: FALLBACK_ENCODING };
}

function findOpenAi(name: string): EncodingName | null {
  const last = afterProvider(name);
  // A colon may end a provider (`azure:gpt-4o`) or begin a variant (`gpt-4o:free`).
  const candidates = [last, last.slice(last.indexOf(':') + 1)].map((candidate) =>
    candidate.replace(FINE_TUNED, ''),
  );
  const row = OPENAI_MODELS.find(([pattern]) =>
    candidates.some((candidate) => pattern.test(candidate)),
  );
  return row === undefined ? null : row[1];
}

function afterProvider(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function findOverride(names: readonly string[], overrides: ModelEncodings): EncodingName | null {
  const match = Object.entries(overrides).find(([key]) => names.includes(key.trim().toLowerCase()));
  return match === undefined ? null : match[1];
}
