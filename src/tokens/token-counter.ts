import { InvalidInput } from '../domain/errors.ts';
import { optionNames } from '../domain/option-names.ts';
import { codePointClasses } from '../kernel/code-point-classes.ts';
import type { CodePointClasses } from '../kernel/code-point-classes.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { countTextClasses } from '../kernel/text-classes.ts';
import { loadTokenKernel } from '../kernel/counter-sharing.ts';
import type { TokenKernel } from '../kernel/token-kernel.ts';
import { ENCODINGS, foldsLongS, TOKEN_RULES } from '../kernel/token-rules.ts';
import type { EncodingName, TokenRules } from '../kernel/token-rules.ts';
import { measureContent } from './content-tokens.ts';
import { encodingOf } from './encoding.ts';
import type { ModelEncoding, ModelEncodings } from './encoding.ts';
import { EstimatingMeter } from './estimating-meter.ts';
import { CLASS_WEIGHTS } from './estimator.ts';
import { ExactMeter } from './exact-meter.ts';
import { graphemeBorder } from './grapheme.ts';
import { jsonTextOf } from './json-text.ts';
import { KernelMeter } from './kernel-meter.ts';
import type { TextMeter } from './text-meter.ts';
import { Vocabulary } from './vocabulary.ts';
import { loadVocabulary } from './vocabulary-source.ts';
import type { VocabularySource } from './vocabulary-source.ts';

/** A number of tokens, and how far to trust it. */
export interface TokenCount {
  readonly tokens: number;
  /** Whether all of it is text counted with the vocabulary the model is known to use. */
  readonly isExact: boolean;
  /** What the text was counted with. */
  readonly encoding: EncodingName | 'estimate';
}

/** Counts tokens for every threshold, budget and statistic. All methods are synchronous, need no network and never throw. */
export interface TokenCounter {
  /** The tokens of a text. */
  countText(text: string, model: string): number;
  /** The tokens of text, an array of parts, or any other value, see `measureContent`. */
  count(content: unknown, model: string): TokenCount;
  /** The tokens of a text, but stops early and returns `limit + 1` when there are more than `limit`. */
  countUpTo(text: string, options: { readonly model: string; readonly limit: number }): number;
  /** About as much of the beginning of a text as `maxTokens` allow and never more, cut between characters as readers see them. */
  truncateText(
    text: string,
    options: { readonly model: string; readonly maxTokens: number },
  ): string;
  /** Whether text for this model is counted exactly. */
  isExactFor(model: string): boolean;
  /** Loads what counting for a model needs, some 30 to 60 ms once a process, so that no later call has to. */
  preload(model: string): void;
}

const TOKEN_ENGINES = ['wasm', 'js'] as const;

/** What exact counts are made with. */
export type TokenEngine = (typeof TOKEN_ENGINES)[number];

/** How to count. */
export interface TokenCounterOptions {
  /** `estimate` never loads a vocabulary: less memory, about 5 % off. Default `exact`. */
  readonly mode?: 'exact' | 'estimate' | undefined;
  /** Whose splitting exact counts follow to the letter, see {@link TokenRules}. Default `openai`. */
  readonly rules?: TokenRules | undefined;
  /**
   * What exact counts are made with: `wasm`, or `js`, its twin in JavaScript, which also stands in where there is no
   * WebAssembly. Both give the same counts. Default: `PAGEFOLD_TOKEN_ENGINE`, else `wasm`.
   */
  readonly engine?: TokenEngine | undefined;
  /** Finds out what text is made of when estimating. Default: the one in plain JavaScript. */
  readonly kernel?: Pick<Kernel, 'countTextClasses'> | undefined;
  /** Encodings of models whose names do not tell, such as deployments; they win over what names tell. */
  readonly modelEncodings?: ModelEncodings | undefined;
  /** How many rare words `js` remembers the count of, for each encoding, in 66 bytes each. Default 16,384. */
  readonly memoLimit?: number | undefined;
  /** Where vocabularies come from; null makes a model estimated. With one of your own the engine is `js`. Default: built in. */
  readonly vocabularySource?: VocabularySource | undefined;
}

const DEFAULT_MEMO_LIMIT = 16_384;
const DEFAULT_RULES: TokenRules = 'openai';

/** How many model names to remember the meter of, and how long a name may be for that. */
const MAX_MODELS = 256;
const MAX_MODEL_LENGTH = 256;

/** A way to count for one model. */
interface ModelMeter {
  readonly meter: TextMeter;
  readonly isExact: boolean;
  readonly encoding: EncodingName | 'estimate';
}

/**
 * Creates a counter. Nothing is loaded before the first count that needs it. The environment is not read here: without an
 * `engine` it is `wasm`.
 * @throws INVALID_INPUT naming the option.
 */
export function createTokenCounter(options: TokenCounterOptions = {}): TokenCounter {
  assertCounterOptions(options);
  return new ModelTokenCounter(options);
}

class ModelTokenCounter implements TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #kernel: Pick<Kernel, 'countTextClasses'>;
  readonly #exactMeters = new Map<EncodingName, TextMeter | null>();
  readonly #modelMeters = new Map<string, ModelMeter>();

  constructor(options: TokenCounterOptions) {
    this.#options = options;
    this.#kernel = options.kernel ?? { countTextClasses };
  }

  countText(text: string, model: string): number {
    return this.#meterOf(model).meter.countUpTo(jsonTextOf(text), Infinity);
  }

  count(content: unknown, model: string): TokenCount {
    const { meter, isExact, encoding } = this.#meterOf(model);
    // Most content is: names, arguments and results of tools are counted one by one.
    if (typeof content === 'string')
      return { tokens: meter.countUpTo(content, Infinity), isExact, encoding };
    const { tokens, isText } = measureContent(content, (text) => meter.countUpTo(text, Infinity));
    return { tokens, isExact: isExact && isText, encoding };
  }

  countUpTo(
    text: string,
    { model, limit }: { readonly model: string; readonly limit: number },
  ): number {
    return this.#meterOf(model).meter.countUpTo(jsonTextOf(text), toLimit(limit));
  }

  truncateText(
    text: string,
    { model, maxTokens }: { readonly model: string; readonly maxTokens: number },
  ): string {
    const whole = jsonTextOf(text);
    const { meter } = this.#meterOf(model);
    const limit = toLimit(maxTokens);
    const fits = (part: string): boolean => meter.countUpTo(part, limit) <= limit;
    if (fits(whole)) return whole;
    let cut = graphemeBorder(whole, meter.prefixWithin(whole, limit));
    while (!fits(whole.slice(0, cut))) cut = graphemeBorder(whole, cut - 1);
    return whole.slice(0, cut);
  }

  isExactFor(model: string): boolean {
    return this.#meterOf(model).isExact;
  }

  preload(model: string): void {
    this.#meterOf(model);
  }

  #meterOf(model: string): ModelMeter {
    const name = jsonTextOf(model);
    const known = this.#modelMeters.get(name);
    if (known !== undefined) return known;
    const meter = this.#createMeter(encodingOf(name, this.#options.modelEncodings));
    if (this.#modelMeters.size >= MAX_MODELS) this.#modelMeters.clear();
    if (name.length <= MAX_MODEL_LENGTH) this.#modelMeters.set(name, meter);
    return meter;
  }

  #createMeter(model: ModelEncoding): ModelMeter {
    if (model.kind === 'family') return this.#estimate('o200k_base', model.family.factor);
    const meter = this.#options.mode === 'estimate' ? null : this.#exactMeter(model.encoding);
    if (meter === null) return this.#estimate(model.encoding, 1);
    return { meter, isExact: model.kind === 'known', encoding: model.encoding };
  }

  #estimate(encoding: EncodingName, factor: number): ModelMeter {
    const weights = CLASS_WEIGHTS[encoding];
    const meter = new EstimatingMeter({ kernel: this.#kernel, weights, factor });
    return { meter, isExact: false, encoding: 'estimate' };
  }

  /** The meter of an encoding, or null when its vocabulary cannot be had. */
  #exactMeter(encoding: EncodingName): TextMeter | null {
    const known = this.#exactMeters.get(encoding);
    if (known !== undefined) return known;
    const meter = this.#createKernelMeter(encoding) ?? this.#createTwin(encoding);
    this.#exactMeters.set(encoding, meter);
    return meter;
  }

  #createKernelMeter(encoding: EncodingName): TextMeter | null {
    const { engine = 'wasm', rules = DEFAULT_RULES, vocabularySource } = this.#options;
    if (engine === 'js' || vocabularySource !== undefined) return null;
    const kernel = loadTokenKernel(encoding, rules);
    if (kernel === null) return null;
    return new KernelMeter(
      kernel,
      () => this.#createTwin(encoding) ?? this.#twinOf(kernel, encoding),
    );
  }

  /** The twin from the built-in files, or null where they cannot be had. */
  #createTwin(encoding: EncodingName): TextMeter | null {
    const { rules = DEFAULT_RULES, vocabularySource = loadVocabulary } = this.#options;
    const vocabulary = vocabularySource(encoding);
    const classes = vocabulary === null ? null : codePointClasses(rules);
    if (vocabulary === null || classes === null) return null;
    return this.#exactMeterOver(encoding, vocabulary, classes);
  }

  /** The twin from what the kernel holds: exact, though the files may be gone since they were loaded. */
  #twinOf(kernel: TokenKernel, encoding: EncodingName): TextMeter {
    const { bytes, starts, classes } = kernel.contents();
    return this.#exactMeterOver(encoding, new Vocabulary(bytes, starts), classes);
  }

  #exactMeterOver(
    encoding: EncodingName,
    vocabulary: Vocabulary,
    classes: CodePointClasses,
  ): TextMeter {
    const { rules = DEFAULT_RULES, memoLimit = DEFAULT_MEMO_LIMIT } = this.#options;
    return new ExactMeter({
      encoding,
      vocabulary,
      classes,
      foldsLongS: foldsLongS(rules),
      memoLimit,
    });
  }
}

/** Most pieces that are worth remembering: a gigabyte of them. */
const MAX_MEMO_LIMIT = 16_777_216;

const checkNames = optionNames<TokenCounterOptions>({
  mode: true,
  rules: true,
  engine: true,
  kernel: true,
  modelEncodings: true,
  memoLimit: true,
  vocabularySource: true,
});

/** The options that are one of a few words, with these. */
const CHOICES: Readonly<Record<'mode' | 'rules' | 'engine', readonly unknown[]>> = {
  mode: ['exact', 'estimate'],
  rules: TOKEN_RULES,
  engine: TOKEN_ENGINES,
};

function assertCounterOptions(options: TokenCounterOptions): void {
  checkNames(options);
  for (const [name, words] of Object.entries(CHOICES)) {
    const word: unknown = Reflect.get(options, name);
    if (word === undefined || words.includes(word)) continue;
    throw new InvalidInput({ field: `options.${name}`, expected: `one of ${words.join(', ')}` });
  }
  assertMemoAndEncodings(options);
}

function assertMemoAndEncodings({ memoLimit, modelEncodings }: TokenCounterOptions): void {
  const isLimit =
    memoLimit === undefined ||
    (Number.isSafeInteger(memoLimit) && memoLimit >= 0 && memoLimit <= MAX_MEMO_LIMIT);
  if (!isLimit) {
    const expected = `a whole number from 0 to ${MAX_MEMO_LIMIT}`;
    throw new InvalidInput({ field: 'options.memoLimit', expected });
  }
  const known: readonly string[] = ENCODINGS;
  if (Object.values(modelEncodings ?? {}).every((encoding) => known.includes(encoding))) return;
  const expected = `encodings of ${ENCODINGS.join(' and ')}`;
  throw new InvalidInput({ field: 'options.modelEncodings', expected });
}

/** A limit in whole tokens; what is no number allows nothing. */
function toLimit(limit: number): number {
  return limit > 0 ? Math.floor(limit) : 0;
}
