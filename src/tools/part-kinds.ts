import { entryOf } from '../domain/entry-of.ts';

/** Parts of messages of the AI SDK's user interface that are for the interface. */
const UI_PART = /^(?:step-start|source|source-url|source-document|data-.+)$/;
/** Entries of Gemini's parts, of which each has one. */
const GEMINI_KEYS = [
  'text',
  'functionCall',
  'functionResponse',
  'inlineData',
  'fileData',
  'executableCode',
  'codeExecutionResult',
];

/** Whether a part is for an interface, and nothing that a model said. */
export function isForInterface(part: unknown): boolean {
  const type = entryOf(part, 'type');
  return typeof type === 'string' && UI_PART.test(type);
}

/** Whether a value is what a Gemini model said: a content, whose parts have one of its entries each. */
export function isGeminiContent(content: unknown): boolean {
  const parts = entryOf(content, 'parts');
  return (
    entryOf(content, 'role') === 'model' &&
    Array.isArray(parts) &&
    parts.every((part) => GEMINI_KEYS.some((key) => entryOf(part, key) !== undefined))
  );
}
