import { fieldAt, fieldOf, isObject } from './content-field.ts';
import { jsonTextOf } from './json-text.ts';
import { binaryLength, binaryMeasure, file } from './media-part.ts';
import { sumOf } from './part-measure.ts';
import type { FieldMeasurer, Measure, PartRule } from './part-measure.ts';
import { isMessage, message, PART_RULES } from './part-rules.ts';

/** Parts nest three or four deep (a message, a tool result, a document, its text); what lies deeper goes by its JSON text. */
const MAX_DEPTH = 8;
const GEMINI_FIELDS = ['inlineData.data', 'inline_data.data', 'fileData.fileUri'];

/**
 * Measures whatever a message may hold: text, a part, an array of parts, or any other value, which counts by its JSON text.
 * Media count by size, never by their base64. Never throws: what cannot be read counts nothing.
 */
export function measureContent(content: unknown, countText: (text: string) => number): Measure {
  return measurerAt({ countText, depth: 0 }).content(content);
}

interface Walk {
  readonly countText: (text: string) => number;
  readonly depth: number;
}

function measurerAt(walk: Walk): FieldMeasurer {
  const text = (value: unknown): Measure => ({
    tokens: walk.countText(jsonTextOf(value)),
    isText: true,
  });
  const content = (value: unknown): Measure => {
    if (!isObject(value) || walk.depth >= MAX_DEPTH) return text(value);
    return measureObject(value, walk) ?? text(value);
  };
  return { text, content };
}

/** Measures parts and bytes; null for other values, and for those that throw when asked what they are (a revoked proxy). */
function measureObject(value: object, walk: Walk): Measure | null {
  const inner = measurerAt({ countText: walk.countText, depth: walk.depth + 1 });
  try {
    const bytes = binaryLength(value);
    if (bytes !== null) return binaryMeasure(bytes);
    if (Array.isArray(value))
      return value.some(isPart) ? sumOf(value.map((part) => inner.content(part))) : null;
    return findRule(value)?.(value, inner) ?? null;
  } catch {
    return null; // Its JSON text is tried next, which cannot throw.
  }
}

function isPart(value: unknown): boolean {
  return isObject(value) && findRule(value) !== null;
}

function findRule(value: object): PartRule | null {
  const type = fieldOf(value, 'type');
  const rule = typeof type === 'string' ? PART_RULES.get(type) : undefined;
  if (rule !== undefined) return rule;
  // Gemini's parts have no type.
  if (GEMINI_FIELDS.some((path) => typeof fieldAt(value, path) === 'string')) return file;
  const isBareMessage = typeof fieldOf(value, 'role') === 'string' && isMessage(value);
  return isBareMessage ? message : null;
}
