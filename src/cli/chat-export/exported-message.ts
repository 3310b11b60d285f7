import { z } from 'zod';
import { idSchema } from '../../domain/ids.ts';
import { resultPartIn } from '../../tools/answered-calls.ts';
import { invalidAt, parseAt, type Place, within } from './place.ts';
import { optionalField } from './optional-field.ts';
import { plainFields } from './plain-fields.ts';

/** Who wrote a message, in the words of the OpenAI chat format. */
export const MESSAGE_ROLES = ['system', 'developer', 'user', 'assistant', 'tool'] as const;
/** One of {@link MESSAGE_ROLES}. */
export type MessageRole = (typeof MESSAGE_ROLES)[number];

/** A tool call that an answer asks for. */
export interface ExportedCall {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it, or the value itself. */
  readonly arguments: unknown;
}

/** One message of a chat export. */
export interface ExportedMessage {
  readonly place: Place;
  readonly role: MessageRole;
  /** Text, an array of parts, or null. */
  readonly content: unknown;
  readonly calls: readonly ExportedCall[];
  /** The calls as the export has them. */
  readonly toolCalls: readonly unknown[];
  readonly toolCallId: string | null;
  /** The tool of a tool's message. */
  readonly toolName: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly usage: unknown;
  readonly id: string | null;
  /** Whatever else the export says about the message in plain values. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** An id: text, or a number taken as text. */
export const exportedIdSchema: z.ZodType<string> = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  idSchema,
);

/** A model's or a provider's name. */
export const nameSchema: z.ZodType<string> = z.string().min(1).max(200);

/** Values by name. */
export const metadataSchema: z.ZodType<Readonly<Record<string, unknown>>> = z.record(
  z.string(),
  z.unknown(),
);

const toolId = z.string().min(1).max(256);

const callSchema = z.looseObject({
  id: toolId,
  function: z.looseObject({ name: toolId, arguments: z.unknown().optional() }),
});

type Call = z.output<typeof callSchema>;

const contentSchema = z.union(
  [z.string(), z.array(z.union([z.string(), z.looseObject({ type: z.string() })])), z.null()],
  { error: 'text, an array of parts, or null' },
);

const messageSchema = z.looseObject({
  role: z.enum(MESSAGE_ROLES),
  content: optionalField(contentSchema),
  tool_calls: optionalField(z.array(callSchema)),
  tool_call_id: optionalField(toolId),
  name: optionalField(z.string().max(256)),
  model: optionalField(nameSchema),
  provider: optionalField(nameSchema),
  usage: optionalField(z.looseObject({})),
  id: optionalField(exportedIdSchema),
  metadata: optionalField(metadataSchema),
});

/** Fields that have a meaning of their own, so they are not metadata. */
const READ_FIELDS = ['role', 'content', 'tool_call_id', 'model', 'provider', 'id'];

/**
 * Reads a message of the OpenAI chat format; `sessionFields` names plain fields that say something about its session.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function parseMessage(
  value: unknown,
  place: Place,
  sessionFields: readonly string[] = [],
): ExportedMessage {
  const message = parseAt(messageSchema, value, place);
  const { role, content, model, provider, usage, id } = message;
  const isTool = role === 'tool';
  if (content === null && !isTool && role !== 'assistant') {
    throw invalidAt(within(place, 'content'), 'text or an array of parts');
  }
  if (role !== 'assistant' && !isTool) assertNoResults(content, within(place, 'content'));
  const toolCalls = message.tool_calls ?? [];
  const known = [...READ_FIELDS, ...sessionFields, ...(isTool ? ['name'] : [])];
  const metadata = { ...plainFields(message, known), ...message.metadata };
  return {
    place,
    role,
    content,
    model,
    provider,
    usage,
    id,
    metadata,
    toolCalls,
    calls: toolCalls.map(toCall),
    toolCallId: message.tool_call_id,
    toolName: isTool ? message.name || null : null,
  };
}

/** Other formats have the results of tools in messages of the user, or as parts; taken for what somebody said, they would be lost. */
function assertNoResults(content: unknown, place: Place): void {
  const name = resultPartIn(content);
  if (name !== null)
    throw invalidAt(
      place,
      `text or parts; a result of a tool (${name}) is a message of the role tool`,
    );
}

function toCall({ id, function: { name, arguments: input } }: Call): ExportedCall {
  return { id, name, arguments: input ?? null };
}

/** A message of a user, a model or the system that has text and nothing else to it. */
export function plainMessage(
  place: Place,
  message: Pick<ExportedMessage, 'role' | 'content' | 'id' | 'metadata'>,
): ExportedMessage {
  return {
    ...message,
    place,
    calls: [],
    toolCalls: [],
    toolCallId: null,
    toolName: null,
    model: null,
    provider: null,
    usage: null,
  };
}
