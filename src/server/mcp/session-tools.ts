import { z } from 'zod';
import type { SessionManager } from '../../api/session-manager.ts';
import { InvalidInput, SessionNotFound } from '../../domain/errors.ts';
import { idSchema } from '../../domain/ids.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../domain/json.ts';
import { parseInput } from '../../domain/parse.ts';
import type { RecordedEvent } from '../../domain/session.ts';
import { MAX_SEARCH_LIMIT } from '../../domain/vm-tool-arguments.ts';
import { parseVmToolCall } from '../../memory/context/vm-tool-call.ts';
import {
  buildSearchResult,
  buildToolResult,
  toolResultText,
} from '../../memory/context/vm-tool-result.ts';
import { type VmToolParameters, vmTools } from '../../memory/context/vm-tools.ts';
import { toHistoryEntry } from './history-entry.ts';

type ToolAnswerContent = Parameters<typeof toolResultText>[0];

/** Which sessions clients reach. */
export interface ServedSessions {
  /** The only one; null where clients name theirs. */
  readonly sessionId: string | null;
  /** A session by its id, of the one tenant that is served. */
  find(sessionId: string): SessionManager;
}

/** A tool as clients are told of it, and what a call of it gives. */
export interface SessionTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly type: 'object' } & JsonObject;
  run(session: SessionManager, argumentsOfCall: JsonObject): Promise<string>;
}

const DEFAULT_TURNS = 20;
const MAX_TURNS = 200;
const SESSION_ID = 'session_id';
const SESSION_PARAMETER = { type: 'string', description: 'Id of the session' };

const historySchema = z.strictObject({
  limit: z.int().min(1).max(MAX_TURNS).optional(),
  before: z.int().min(0).optional(),
});
const nothingSchema = z.strictObject({});

const HISTORY: SessionTool = {
  name: 'session_history',
  description:
    'The messages of a session and its tool calls with what came of them, the latest ones unless told otherwise.',
  inputSchema: {
    type: 'object',
    properties: {
      limit: {
        type: 'integer',
        description: 'Most messages and tool calls',
        minimum: 1,
        maximum: MAX_TURNS,
        default: DEFAULT_TURNS,
      },
      before: {
        type: 'integer',
        description: 'Only what has an index below this one, as an earlier answer told it',
        minimum: 0,
      },
    },
    additionalProperties: false,
  },
  run: async (session, given) => {
    const { limit = DEFAULT_TURNS, before } = parseInput(historySchema, given, 'arguments');
    const events: RecordedEvent[] = [];
    for await (const event of session.events.list({ types: ['message', 'tool_call'] }))
      events.push(event);
    const end = Math.min(before ?? events.length, events.length);
    const start = Math.max(0, end - limit);
    const messages = events
      .slice(start, end)
      .map((event, index) => toHistoryEntry(event, start + index));
    return JSON.stringify({ total: events.length, messages });
  },
};

const STATS: SessionTool = {
  name: 'session_stats',
  description: 'Figures about a session: messages, tool calls, tokens, cost, segments.',
  inputSchema: { type: 'object', properties: {}, additionalProperties: false },
  run: async (session, given) => {
    parseInput(nothingSchema, given, 'arguments');
    return JSON.stringify(await session.getStats());
  },
};

/**
 * What the memory gives to a client, which is not the model whose context it manages: all of a page also where the context
 * shows it already, and the question that is being asked, too.
 */
async function useMemory(
  session: SessionManager,
  request: { readonly name: string; readonly arguments: JsonObject },
): Promise<ToolAnswerContent> {
  const call = parseVmToolCall(request);
  if (call.kind === 'error') return call.error;
  if (call.kind === 'page_fault')
    return buildToolResult(await session.memory.forTool('mcp').getPage(call.pageId));
  const { query, limit, modality, pageType } = call;
  const pages = await session.memory.search(query, {
    limit: MAX_SEARCH_LIMIT,
    modality: modality ?? undefined,
    pageType: pageType ?? undefined,
  });
  return buildSearchResult(pages.slice(0, limit), pages.length);
}

/** All tools; those of the memory first. Where clients name the session, each takes its id. */
export function sessionTools({ sessionId }: ServedSessions): readonly SessionTool[] {
  const memory = vmTools().map(({ function: { name, description, parameters } }) => ({
    name,
    description,
    inputSchema: {
      ...parseJsonObject({ ...parameters, properties: ownProperties(parameters) }, 'parameters'),
      type: 'object' as const,
      additionalProperties: false,
    },
    run: async (session: SessionManager, given: JsonObject) =>
      toolResultText(await useMemory(session, { name, arguments: given })),
  }));
  const tools: readonly SessionTool[] = [...memory, STATS, HISTORY];
  return sessionId === null ? tools.map(withSessionId) : tools;
}

/**
 * Runs a call of one of the tools.
 * @throws INVALID_INPUT for arguments that are not right, SESSION_NOT_FOUND
 */
export async function callSessionTool(
  tool: SessionTool,
  sessions: ServedSessions,
  argumentsOfCall: JsonObject,
): Promise<string> {
  const { [SESSION_ID]: named, ...rest } = argumentsOfCall;
  if (sessions.sessionId !== null && named !== undefined)
    throw new InvalidInput({ field: `arguments.${SESSION_ID}`, expected: 'nothing' });
  const sessionId = parseInput(idSchema, sessions.sessionId ?? named, `arguments.${SESSION_ID}`);
  const session = sessions.find(sessionId);
  // A question must not make a session, nor look as if there were one.
  if (!(await session.exists())) throw new SessionNotFound({ sessionId });
  return tool.run(session, rest);
}

/** A client gets all of a page, whatever the context holds of it, and has no reason to give. */
function ownProperties({ properties }: VmToolParameters): object {
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => name !== 'target_level' && name !== 'reason'),
  );
}

function withSessionId(tool: SessionTool): SessionTool {
  const { properties, required } = tool.inputSchema;
  const others = Array.isArray(required) ? required : [];
  const parameters = isJsonObject(properties) ? properties : {};
  return {
    ...tool,
    inputSchema: {
      ...tool.inputSchema,
      properties: { [SESSION_ID]: SESSION_PARAMETER, ...parameters },
      required: [SESSION_ID, ...others],
    },
  };
}
