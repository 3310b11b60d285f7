import { fieldAt, fieldOf, hasAny } from './content-field.ts';
import { audio, document, file, image, resource, sealedReasoning } from './media-part.ts';
import { sumOf } from './part-measure.ts';
import type { PartRule } from './part-measure.ts';

/** The fields of a message that are counted: what it says and what it calls, not who says it. */
export const MESSAGE_FIELDS = ['content', 'refusal', 'reasoning_content', 'tool_calls'] as const;

/** Whether a value has what makes a message; a content of null counts, as an answer that only calls tools has it. */
export function isMessage(value: unknown): boolean {
  return fieldOf(value, 'content') !== undefined || fieldOf(value, 'tool_calls') !== undefined;
}

/** A message of any of the formats. */
export const message: PartRule = (part, measurer) =>
  isMessage(part)
    ? sumOf(MESSAGE_FIELDS.map((name) => measurer.content(fieldOf(part, name))))
    : measurer.text(part);

/**
 * How each type of part is measured, by its `type` field: OpenAI chat and responses, Anthropic, AI SDK and the Model
 * Context Protocol. A part without the fields of its type counts by its JSON text.
 */
export const PART_RULES: ReadonlyMap<string, PartRule> = new Map<string, PartRule>([
  ['message', message],

  ['text', contents('text', 'value')],
  ['input_text', contents('text')],
  ['output_text', contents('text')],
  ['summary_text', contents('text')],
  ['reasoning_text', contents('text')],
  ['refusal', contents('refusal')],
  ['thinking', contents('thinking')],
  ['redacted_thinking', sealedReasoning],
  ['reasoning', contents('text', 'summary', 'content')],

  ['image', image],
  ['image_url', image],
  ['image_file', image],
  ['input_image', image],
  ['image-data', image],
  ['image-url', image],
  ['image-file-id', image],
  ['audio', audio],
  ['input_audio', audio],
  ['file', file],
  ['input_file', file],
  ['media', file],
  ['file-data', file],
  ['file-url', file],
  ['file-id', file],
  ['document', document],
  ['resource', resource],

  ['function', call('function.name', 'function.arguments')],
  ['function_call', call('name', 'arguments')],
  ['custom_tool_call', call('name', 'input')],
  ['tool_use', call('name', 'input')],
  ['server_tool_use', call('name', 'input')],
  ['tool-call', call('toolName', 'input', 'args')],

  ['tool_result', contents('content')],
  ['tool-result', contents('output', 'result')],
  ['function_call_output', contents('output')],
  ['custom_tool_call_output', contents('output')],
  ['content', contents('value')],
  ['json', contents('value')],
  ['error-text', contents('value')],
  ['error-json', contents('value')],
]);

/** Fields that hold text, parts or values. */
function contents(...paths: readonly string[]): PartRule {
  return (part, measurer) =>
    hasAny(part, paths)
      ? sumOf(paths.map((path) => measurer.content(fieldAt(part, path))))
      : measurer.text(part);
}

/**
 * A name and arguments, which count by their JSON text even if they look like parts. Without arguments it may be the
 * definition of a tool, which has the same type.
 */
function call(name: string, ...argumentPaths: readonly string[]): PartRule {
  return (part, measurer) =>
    hasAny(part, argumentPaths)
      ? sumOf([name, ...argumentPaths].map((path) => measurer.text(fieldAt(part, path))))
      : measurer.text(part);
}
