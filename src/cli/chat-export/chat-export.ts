import { InvalidInput } from '../../domain/errors.ts';
import type { ExportedConversation } from './conversation.ts';
import {
  isConversationRecord,
  parseConversationRecord,
  parseMessages,
} from './conversation-record.ts';
import { MessageLines } from './message-lines.ts';
import { invalidAt, type Place, within } from './place.ts';
import { brokenJson, linesOf, parseJson, type SourceLine, type SourceText } from './source-text.ts';

const SHAPES = 'a message with a role, or an object with messages, turns, a prompt or a question';

/**
 * Reads a chat export, whichever of the known formats it is in: one JSON document (an array of messages, one conversation,
 * an array of conversations) or JSON lines (a message or a conversation each).
 * @throws INVALID_INPUT naming file, place and field.
 */
export function parseChatExport(source: SourceText): readonly ExportedConversation[] {
  const document = parseJson(source.text);
  if (document.ok && isDocument(document.value)) return parseDocument(document.value, source);
  const lines = linesOf(source.text);
  const [first] = lines;
  if (first === undefined) {
    throw new InvalidInput({ field: source.name, expected: 'a chat export, but it is empty' });
  }
  // One value, on however many lines it stands.
  if (document.ok) return parseLines(source.name, [{ number: first.number, text: source.text }]);
  // A document over several lines never has a whole value on its first line.
  if (!parseJson(first.text).ok) {
    throw brokenJson({ name: source.name, line: null }, source.text);
  }
  return parseLines(source.name, lines);
}

/** Whether a text can be read as a chat export. */
export function isChatExport(source: SourceText): boolean {
  try {
    parseChatExport(source);
    return true;
  } catch (error) {
    // Being none is the other answer.
    if (InvalidInput.isInstance(error)) return false;
    throw error;
  }
}

/** One message alone is JSON as well as JSON lines, and means the same as more such lines would. */
function isDocument(value: unknown): boolean {
  return Array.isArray(value) || isConversationRecord(value);
}

function parseDocument(value: unknown, source: SourceText): readonly ExportedConversation[] {
  const place: Place = { source: source.name, line: null, path: '' };
  if (!Array.isArray(value)) return [parseShape(value, place)];
  const items: readonly unknown[] = value;
  if (items.length === 0) throw invalidAt(place, 'at least 1 entry');
  if (isConversationRecord(items[0])) {
    return items.map((item, index) => parseShape(item, within(place, index)));
  }
  if (!isMessage(items[0])) throw invalidAt(within(place, 0), SHAPES);
  return [
    {
      place,
      id: null,
      tenant: null,
      userId: null,
      model: null,
      metadata: {},
      messages: parseMessages(items, place),
      branches: [],
    },
  ];
}

function parseLines(name: string, lines: readonly SourceLine[]): readonly ExportedConversation[] {
  const gathered = new MessageLines();
  const whole: ExportedConversation[] = [];
  for (const { number, text } of lines) {
    const parsed = parseJson(text);
    if (!parsed.ok) throw brokenJson({ name, line: number }, text);
    const place: Place = { source: name, line: number, path: '' };
    if (isMessage(parsed.value)) gathered.add(parsed.value, place);
    else whole.push(parseShape(parsed.value, place));
  }
  return [...gathered.toConversations(), ...whole];
}

function isMessage(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isConversationRecord(value) &&
    (Object.hasOwn(value, 'role') || Object.hasOwn(value, 'content'))
  );
}

function parseShape(value: unknown, place: Place): ExportedConversation {
  if (isConversationRecord(value)) return parseConversationRecord(value, place);
  throw invalidAt(place, SHAPES);
}
