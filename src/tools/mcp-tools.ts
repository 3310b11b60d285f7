import { assertObject } from '../domain/argument.ts';
import { toArgumentCheck } from '../domain/argument-schema.ts';
import { InvalidInput } from '../domain/errors.ts';
import { type JsonObject, parseJsonObject } from '../domain/json.ts';
import type { ToolDefinition } from './tool-definition.ts';

/** What is used of a client of the Model Context Protocol; that of the official library is one. */
export interface McpClient {
  listTools(params?: { readonly cursor?: string }): Promise<{
    readonly tools: readonly McpToolInfo[];
    readonly nextCursor?: string | undefined;
  }>;
  callTool(
    params: { name: string; arguments?: Record<string, unknown> },
    resultSchema?: undefined,
    options?: { readonly signal?: AbortSignal; readonly timeout?: number },
  ): Promise<unknown>;
}

/** A tool as its server tells of it. */
export interface McpToolInfo {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: object;
  readonly annotations?: McpAnnotations | undefined;
}

/** What a server says of a tool's effects; a hint, no promise. */
export interface McpAnnotations {
  readonly readOnlyHint?: boolean | undefined;
  readonly idempotentHint?: boolean | undefined;
}

/** How tools of a server are taken. */
export interface McpToolsOptions {
  /** Stands before the names of the tools, so that those of several servers do not clash. */
  readonly namespace?: string | undefined;
  /** Stands between the namespace and a name. Default `__`, since providers take no dot in the name of a tool. */
  readonly separator?: string | undefined;
  /**
   * Whether the server is believed that a tool only reads, or may be repeated. Default false: its tools count as ones that change
   * something, unless `define` says otherwise.
   */
  readonly trustsHints?: boolean | undefined;
  /** How a tool is run, and what else is known of it. */
  readonly define?:
    ((tool: McpToolInfo) => Omit<ToolDefinition, 'execute'> | undefined) | undefined;
}

/** Pages of a server's list at most, so that one that never ends does not keep its caller. */
const MAX_PAGES = 100;
/** Longer than any time limit of a tool: the limit is ours to keep. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** The tools of a server, to be run like any others; failures that it reports are failures. */
export async function mcpTools(
  client: McpClient,
  options: McpToolsOptions = {},
): Promise<Readonly<Record<string, ToolDefinition>>> {
  assertObject(client, 'client');
  assertObject(options, 'options');
  if (typeof client.listTools !== 'function')
    throw new InvalidInput({ field: 'client', expected: 'a client of the Model Context Protocol' });
  const tools = await listAll(client);
  return Object.fromEntries(tools.map((tool) => definitionOf(client, tool, options)));
}

async function listAll(client: McpClient): Promise<readonly McpToolInfo[]> {
  const tools: McpToolInfo[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    // In order: a page names where the next one begins.
    const listed = await client.listTools(cursor === undefined ? {} : { cursor });
    tools.push(...listed.tools);
    cursor = listed.nextCursor;
    if (cursor === undefined) return tools;
  }
  return tools;
}

function definitionOf(
  client: McpClient,
  tool: McpToolInfo,
  { namespace, separator = '__', trustsHints = false, define }: McpToolsOptions,
): readonly [string, ToolDefinition] {
  const { name, description, inputSchema, annotations } = tool;
  const hints = trustsHints ? hinted(annotations) : {};
  const definition: ToolDefinition = {
    ...(description === undefined ? {} : { description }),
    ...checkable(readableSchema(parseJsonObject(inputSchema, `tools.${name}.inputSchema`))),
    ...hints,
    ...define?.(tool),
    execute: async (args, { signal }) => {
      const params = { name, arguments: { ...args } };
      return client.callTool(params, undefined, { signal, timeout: NO_TIMEOUT_MS });
    },
  };
  return [namespace === undefined ? name : `${namespace}${separator}${name}`, definition];
}

function hinted({ readOnlyHint, idempotentHint }: McpAnnotations = {}): Pick<
  ToolDefinition,
  'effect' | 'isRepeatable'
> {
  return {
    ...(readOnlyHint === true ? { effect: 'read' } : {}),
    ...(idempotentHint === true ? { isRepeatable: true } : {}),
  };
}

/** A schema that can be checked here; what cannot be, the server checks by itself, and its other tools can be used. */
function checkable(schema: JsonObject): Pick<ToolDefinition, 'schema'> {
  try {
    toArgumentCheck(schema, 'schema');
    return { schema };
  } catch (error) {
    if (InvalidInput.isInstance(error)) return {};
    throw error;
  }
}

/** Without the name of the dialect: servers write them in several spellings, and the words are the same. */
function readableSchema(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
}
