import { InvalidInput } from '../../domain/errors.ts';
import type { ParsedFoldablePage } from '../../domain/foldable-page.ts';
import type { FoldingOptions } from '../../domain/folding-options.ts';
import { isJsonObject, type JsonValue, parseJsonValue } from '../../domain/json.ts';
import type { Compression, Compressor, CompressRequest } from './compressor.ts';
import { foldJson } from './fold-json.ts';
import { foldText } from './fold-text.ts';
import { type FoldingSettings, foldingSettings } from './folding-settings.ts';
import { interestIn } from './json-interest.ts';
import { foldToLevel } from './level-limits.ts';
import { tokensOf } from './fold-counting.ts';
import { extractText, MIN_FOLD_TOKENS } from './text-compressor.ts';

/**
 * Folds JSON to shorter JSON; content that is the text of JSON stays text. Text that is no JSON is folded as text.
 * @throws INVALID_INPUT naming the option.
 */
export function createStructuredCompressor(options: FoldingOptions = {}): Compressor {
  const settings = foldingSettings(options);
  return {
    modality: 'structured',
    compress: (page, request) => {
      const { content } = page;
      if (typeof content !== 'string') return compressJson(content, { page, request, settings });
      const value = parsedJson(content);
      if (value === undefined) return extractText(page, { request, settings });
      const folded = compressJson(value, { page, request, settings });
      return folded === null ? null : { ...folded, content: JSON.stringify(folded.content) };
    },
  };
}

interface JsonFolding {
  readonly page: ParsedFoldablePage;
  readonly request: CompressRequest;
  readonly settings: FoldingSettings;
}

function compressJson(
  value: JsonValue,
  { page, request, settings }: JsonFolding,
): Compression | null {
  const { counting, focus, originalTokens } = request;
  const interestOf = interestIn(value, focus);
  const folded = foldToLevel<JsonValue>(request.level, {
    originalTokens,
    levelBefore: page.level,
    limits: settings,
    render: (level, maxTokens) => {
      if (maxTokens < MIN_FOLD_TOKENS) return null;
      const short = foldJson(value, { maxTokens, interestOf, counting });
      return short ?? (level === 3 ? outline(value, { page, request, maxTokens }) : null);
    },
  });
  return folded === null ? null : { content: folded.content, level: folded.level };
}

/** One line of what a value is, for when not even its least form fits. */
function outline(
  value: JsonValue,
  options: {
    readonly page: ParsedFoldablePage;
    readonly request: CompressRequest;
    readonly maxTokens: number;
  },
): { readonly content: JsonValue; readonly tokens: number } | null {
  const { counting } = options.request;
  const keys = isJsonObject(value) ? Object.keys(value) : [];
  const size = Array.isArray(value) ? ` of ${value.length}` : ` of ${keys.length} keys`;
  const head = `[${options.page.pageType}] ${Array.isArray(value) ? 'array' : 'object'}${size}`;
  const room = options.maxTokens - tokensOf(JSON.stringify(head), counting);
  const names = foldText(keys.join(' '), {
    maxTokens: Math.max(0, room - 2),
    counting,
    wordsShare: 1,
  });
  const content = names.text === '' ? head : `${head}: ${names.text}`;
  const tokens = tokensOf(JSON.stringify(content), counting);
  return tokens <= options.maxTokens ? { content, tokens } : null;
}

/** The value that a text is the JSON of; undefined when it is of none, or of one nested too deep to be walked. */
function parsedJson(text: string): JsonValue | undefined {
  try {
    const value = parseJsonValue(parseExactly(text), 'page.content');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || InvalidInput.isInstance(error)) return undefined;
    throw error;
  }
}

/** Strings, which are passed over, and whole numbers that JavaScript cannot hold, such as the ids of some networks. */
const STRING_OR_LONG_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
const LONG_NUMBER = /\d{16}/;

/** Reads JSON with numbers that are too long for a number as strings: a rounded id would be another id. */
function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!LONG_NUMBER.test(text)) return value;
  return JSON.parse(
    text.replace(STRING_OR_LONG_NUMBER, (part) =>
      part.startsWith('"') || Number.isSafeInteger(Number(part)) ? part : `"${part}"`,
    ),
  );
}
