import { entryOf } from '../domain/entry-of.ts';
import { InvalidInput } from '../domain/errors.ts';
import { hasCallId, resultPartIn } from '../tools/answered-calls.ts';

/**
 * What a user said, where it is a message of the AI SDK's user interface or a Gemini content, with its parts as the content that messages
 * of other interfaces have. Anything else as it is.
 * @throws INVALID_INPUT for the results of tools, which some interfaces send as messages of the user: prompts would show their JSON as
 * something the user said, and say of the calls that they have no result.
 */
export function userMessage(message: unknown): unknown {
  const parts = entryOf(message, 'parts');
  const isOther = entryOf(message, 'role') !== 'user' || entryOf(message, 'content') !== undefined;
  assertSaid(message);
  if (typeof message !== 'object' || isOther || !Array.isArray(parts)) return message;
  const { parts: content, ...rest } = { ...message, parts };
  return { ...rest, content };
}

function assertSaid(message: unknown): void {
  const isOfTool = entryOf(message, 'role') === 'tool' && hasCallId(message);
  const name = isOfTool ? 'role: tool' : resultPartIn(message);
  if (name === null) return;
  const expected = `what a user said; the result of a tool (${name}) is none, so record it with toolUsed`;
  throw new InvalidInput({ field: 'message', expected });
}
