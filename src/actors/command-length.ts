import { assertNever } from '../domain/assert.ts';
import type { Command, NewSession, Opening } from '../domain/command.ts';

/**
 * UTF-16 units of the content a command carries, its opening included: texts as they are, maps about as JSON. Ids, names and figures
 * are bounded and not counted.
 */
export function commandLength(command: Command, opening?: Opening): number {
  try {
    const content = [...contentOf(command), ...openingContent(opening)];
    return content.reduce<number>((sum, part) => sum + lengthOf(part), 0);
  } catch {
    // What cannot be measured cannot be encoded either: the command is refused in its turn, with the error that names it.
    return 0;
  }
}

function contentOf(command: Command): readonly unknown[] {
  switch (command.type) {
    case 'create':
      return creationContent(command.session);
    case 'record-event':
      return [command.event.message, command.event.metadata, ...creationContent(command.create)];
    case 'record-turn':
      return [...contentOf(command.question), ...contentOf(command.answer)];
    case 'set-system-prompt':
      return [command.systemPrompt, ...creationContent(command.create)];
    case 'change-event-metadata':
    case 'change-properties':
    case 'change-values':
    case 'change-run-metadata':
      return [command.change];
    case 'change-memory':
      return [command.changes];
    case 'apply-summary':
      return [command.text];
    case 'start-run':
      return [command.metadata];
    case 'move-run':
      return [command.reason];
    case 'change-event-usage':
    case 'close-segment':
    case 'add-run-tool-call':
    case 'set-parent':
    case 'link-child':
    case 'unlink-child':
      return [];
    default:
      return assertNever(command);
  }
}

function creationContent(session: NewSession | null): readonly unknown[] {
  return session === null ? [] : [session.properties, session.systemPrompt];
}

function openingContent(opening: Opening | undefined): readonly unknown[] {
  if (opening === undefined) return [];
  const { create, wanted } = opening;
  const brought = wanted === null ? [] : [wanted.properties, wanted.systemPrompt];
  return [...creationContent(create), ...brought];
}

function lengthOf(part: unknown): number {
  if (typeof part === 'string') return part.length;
  if (typeof part !== 'object' || part === null) return 0;
  return entriesLength(part);
}

/** What the members of an object take in its JSON; nothing where it has none. Escapes count as what they stand for. */
function entriesLength(value: object): number {
  let length = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) length += 1 + valueLength(item);
    return length;
  }
  const entries = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(entries)) length += key.length + 4 + valueLength(entries[key]);
  return length;
}

/** Walked and not written: as text, megabytes of content would be copied for their length alone. */
function valueLength(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'object':
      return value === null ? 4 : entriesLength(value) + 2;
    default:
      return 8;
  }
}
