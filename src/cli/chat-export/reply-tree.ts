import { z } from 'zod';
import { MAX_CHILDREN } from '../../domain/session-state.ts';
import { MAX_FORK_DEPTH } from '../../store/log-reader.ts';
import type { Branch, BranchPoint } from './conversation.ts';
import { exportedIdSchema, type ExportedMessage, plainMessage } from './exported-message.ts';
import { optionalField } from './optional-field.ts';
import { invalidAt, parseAt, type Place, within } from './place.ts';
import { plainFields } from './plain-fields.ts';
import { parseRole, textOf } from './turn.ts';

/** A tree of replies as one conversation and the other ways it went. */
export interface ReplyTree {
  readonly messages: readonly ExportedMessage[];
  readonly branches: readonly Branch[];
}

const nodeSchema = z.looseObject({
  message_id: optionalField(exportedIdSchema),
  id: optionalField(exportedIdSchema),
  role: z.string(),
  text: optionalField(z.string()),
  content: optionalField(z.string()),
  replies: optionalField(z.array(z.unknown())),
});

const READ_FIELDS = ['message_id', 'id', 'parent_id', 'role', 'text', 'content'];

/** A reply that is not read yet. */
interface Reply {
  readonly value: unknown;
  readonly place: Place;
}

/** A reply where another way begins. */
interface Beginning extends Reply {
  readonly from: BranchPoint;
  /** Branches between the conversation itself and this one. */
  readonly depth: number;
}

/**
 * Reads a prompt with its replies. The first reply to each message continues the conversation, every other one begins a
 * branch. Walks with a list of its own instead of calling itself: depth is the export's choice.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function parseReplyTree(value: unknown, place: Place): ReplyTree {
  const beginnings: Beginning[] = [];
  const messages = followFirst({ value, place }, { branch: 0, depth: 0, beginnings });
  const branches: Branch[] = [];
  // The list grows while it is gone through: a branch has branches.
  for (const beginning of beginnings) {
    const number = branches.length + 1;
    const { from, depth } = beginning;
    checkLimits(beginning, number);
    branches.push({
      number,
      from,
      messages: followFirst(beginning, { branch: number, depth, beginnings }),
    });
  }
  return { messages, branches };
}

function followFirst(
  start: Reply,
  way: { readonly branch: number; readonly depth: number; readonly beginnings: Beginning[] },
): readonly ExportedMessage[] {
  const messages: ExportedMessage[] = [];
  let next: Reply | undefined = start;
  while (next !== undefined) {
    const { message, replies } = parseNode(next);
    messages.push(message);
    const from = { branch: way.branch, message: messages.length - 1 };
    const [first, ...others]: readonly Reply[] = replies;
    for (const reply of others) way.beginnings.push({ ...reply, from, depth: way.depth + 1 });
    next = first;
  }
  return messages;
}

function checkLimits({ place, depth }: Beginning, number: number): void {
  if (depth > MAX_FORK_DEPTH) {
    throw invalidAt(place, `branches within branches at most ${MAX_FORK_DEPTH} deep`);
  }
  if (number > MAX_CHILDREN) throw invalidAt(place, `at most ${MAX_CHILDREN} branches`);
}

function parseNode({ value, place }: Reply): {
  readonly message: ExportedMessage;
  readonly replies: readonly Reply[];
} {
  const node = parseAt(nodeSchema, value, place);
  const replies = (node.replies ?? []).map((reply, index) => ({
    value: reply,
    place: within(within(place, 'replies'), index),
  }));
  return { message: toMessage(node, place), replies };
}

function toMessage(node: z.output<typeof nodeSchema>, place: Place): ExportedMessage {
  const role = parseRole(node.role, within(place, 'role'));
  if (role !== 'user' && role !== 'assistant') {
    throw invalidAt(within(place, 'role'), 'a user or an assistant, since only they can branch');
  }
  return plainMessage(place, {
    role,
    content: textOf(node, place),
    id: node.message_id ?? node.id,
    metadata: plainFields(node, READ_FIELDS),
  });
}
