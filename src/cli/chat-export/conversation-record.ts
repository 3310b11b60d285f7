import { z } from 'zod';
import { tenantSchema } from '../../domain/ids.ts';
import type { ExportedConversation } from './conversation.ts';
import {
  exportedIdSchema,
  type ExportedMessage,
  metadataSchema,
  nameSchema,
  parseMessage,
} from './exported-message.ts';
import { optionalField } from './optional-field.ts';
import { invalidAt, parseAt, type Place, within } from './place.ts';
import { plainFields } from './plain-fields.ts';
import { parseReplyTree, type ReplyTree } from './reply-tree.ts';
import { parseTurns } from './turn.ts';

/** The field that holds the messages, by which the shapes of a whole conversation are told apart. */
const BODIES = ['messages', 'turns', 'prompt', 'question'] as const;
type Body = (typeof BODIES)[number];

const recordSchema = z.looseObject({
  id: optionalField(exportedIdSchema),
  session: optionalField(exportedIdSchema),
  message_tree_id: optionalField(exportedIdSchema),
  tenant: optionalField(tenantSchema),
  user: optionalField(exportedIdSchema),
  model: optionalField(nameSchema),
  metadata: optionalField(metadataSchema),
});

const READ_FIELDS = ['id', 'session', 'message_tree_id', 'tenant', 'user', 'model', ...BODIES];

/** Whether a value is a whole conversation rather than a message. */
export function isConversationRecord(value: unknown): value is object {
  return bodyOf(value) !== null;
}

/**
 * Reads a whole conversation: `{messages}`, `{turns}`, `{prompt}` with replies, or `{question}` with lists of messages.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function parseConversationRecord(value: object, place: Place): ExportedConversation {
  const record = parseAt(recordSchema, value, place);
  const tree = parseBody(record, place);
  return {
    place,
    id: record.id ?? record.session ?? record.message_tree_id,
    tenant: record.tenant,
    userId: record.user,
    model: record.model,
    metadata: { ...plainFields(record, READ_FIELDS), ...record.metadata },
    ...tree,
  };
}

/**
 * Reads an array of messages of the OpenAI chat format.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function parseMessages(value: unknown, place: Place): readonly ExportedMessage[] {
  return parseItems(value, place).map((item, index) => parseMessage(item, within(place, index)));
}

function parseBody(record: object, place: Place): ReplyTree {
  const body = bodyOf(record) ?? 'messages';
  const value: unknown = Reflect.get(record, body);
  const bodyPlace = within(place, body);
  switch (body) {
    case 'messages':
      return { messages: parseMessages(value, bodyPlace), branches: [] };
    case 'turns':
      return { messages: parseTurns(parseItems(value, bodyPlace), bodyPlace), branches: [] };
    case 'question':
      return { messages: parseQuestion(value, bodyPlace), branches: [] };
    case 'prompt':
      return parseReplyTree(value, bodyPlace);
  }
}

/** Turns of a benchmark: each is a list of messages. */
function parseQuestion(value: unknown, place: Place): readonly ExportedMessage[] {
  return parseItems(value, place).flatMap((turn, index) =>
    parseMessages(turn, within(place, index)),
  );
}

function parseItems(value: unknown, place: Place): readonly unknown[] {
  const items = parseAt(z.array(z.unknown()), value, place);
  if (items.length > 0) return items;
  throw invalidAt(place, 'at least 1 entry');
}

function bodyOf(value: unknown): Body | null {
  if (typeof value !== 'object' || value === null) return null;
  return BODIES.find((body) => Object.hasOwn(value, body)) ?? null;
}
