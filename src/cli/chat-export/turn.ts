import { z } from 'zod';
import {
  exportedIdSchema,
  type ExportedMessage,
  type MessageRole,
  plainMessage,
} from './exported-message.ts';
import { optionalField } from './optional-field.ts';
import { invalidAt, parseAt, type Place, within } from './place.ts';
import { plainFields } from './plain-fields.ts';

/** The words that collections of conversations use for who speaks. */
const ROLES = {
  user: 'user',
  human: 'user',
  prompter: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  gpt: 'assistant',
  system: 'system',
  developer: 'developer',
} as const satisfies Readonly<Record<string, MessageRole>>;

const ROLE_NAMES = Object.keys(ROLES);

const turnSchema = z.looseObject({
  id: optionalField(exportedIdSchema),
  role: optionalField(z.string()),
  speaker: optionalField(z.string()),
  text: optionalField(z.string()),
  content: optionalField(z.string()),
});

const READ_FIELDS = ['id', 'role', 'text', 'content'];
const SIDES = ['user', 'assistant'] as const;

/**
 * Reads the turns of a conversation. Between two named speakers, the first to speak is the user.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function parseTurns(values: readonly unknown[], place: Place): readonly ExportedMessage[] {
  const speakers: string[] = [];
  return values.map((value, index) => {
    const turnPlace = within(place, index);
    const turn = parseAt(turnSchema, value, turnPlace);
    return plainMessage(turnPlace, {
      role:
        turn.role === null
          ? sideOf(turn.speaker, { speakers, place: turnPlace })
          : parseRole(turn.role, within(turnPlace, 'role')),
      content: textOf(turn, turnPlace),
      id: turn.id,
      metadata: plainFields(turn, READ_FIELDS),
    });
  });
}

/**
 * The role behind a collection's word for it.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function parseRole(word: string, place: Place): MessageRole {
  const known = Object.entries(ROLES).find(([name]) => name === word.toLowerCase());
  if (known !== undefined) return known[1];
  throw invalidAt(place, `one of ${ROLE_NAMES.join(', ')}`);
}

/**
 * The text of a turn, under either name.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function textOf(
  turn: { readonly text: string | null; readonly content: string | null },
  place: Place,
): string {
  const text = turn.text ?? turn.content;
  if (text !== null) return text;
  throw invalidAt(within(place, 'text'), 'a value of type string');
}

/** Remembers who has spoken, in order; the list is the caller's, one per conversation. */
function sideOf(
  speaker: string | null,
  { speakers, place }: { readonly speakers: string[]; readonly place: Place },
): MessageRole {
  if (speaker === null) throw invalidAt(within(place, 'role'), 'a role, or a speaker');
  if (!speakers.includes(speaker)) speakers.push(speaker);
  const side = SIDES[speakers.indexOf(speaker)];
  if (side !== undefined) return side;
  throw invalidAt(within(place, 'speaker'), 'one of the two who spoke before, for there are two');
}
