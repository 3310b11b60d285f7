import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { DEFAULT_TENANT, idSchema, tenantSchema } from '../domain/ids.ts';
import { type JsonObject, parseJsonObject } from '../domain/json.ts';
import {
  type MemoryOptions,
  type ParsedMemoryOptions,
  parseMemoryOptions,
} from '../domain/memory-options.ts';
import { assertOwnerIsId, OWNER_NAMES } from '../domain/owner.ts';
import { parseInput } from '../domain/parse.ts';
import type { SegmentPolicy } from '../domain/segment.ts';
import type { Summarize } from '../queue/summary-worker.ts';

/** How a session is opened. All of it is optional; what concerns creation matters only while the session is new. */
export interface SessionOptions {
  /** Opens this session, or creates it with the first write; a fresh UUID when not given. */
  readonly sessionId?: string | null | undefined;
  /** Whose session it is; nothing of another tenant can be reached. Default `default`. */
  readonly tenant?: string | undefined;
  /** Found by listings as `userId`; kept as the property `user_id`. */
  readonly userId?: string | null | undefined;
  readonly systemPrompt?: string | null | undefined;
  /** The parent of a new session. */
  readonly parentId?: string | null | undefined;
  /** Properties of the session; laid over those of an existing one with the first write. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Divides a long conversation into segments and carries summaries forward. Default false. */
  readonly infiniteContext?: boolean | undefined;
  /** Tokens a prompt may reach before the segment closes. Default 4000. */
  readonly tokenThreshold?: number | undefined;
  /** Messages a segment may hold; a question and its answer are two. Default 20. */
  readonly maxTurnsPerSegment?: number | undefined;
  /** The model that counts messages of the user. */
  readonly defaultModel?: string | undefined;
  /** Writes better summaries than the built-in extractive ones, in the background. */
  readonly summarize?: Summarize | null | undefined;
  /** How the session's memory works, see `SessionManager.memory`. */
  readonly memory?: MemoryOptions | undefined;
}

/** Options with every default filled in; `model` is null until a runtime names one. */
export interface ParsedSessionOptions {
  readonly sessionId: string | null;
  readonly tenant: string;
  readonly systemPrompt: string | null;
  readonly parentId: string | null;
  readonly properties: JsonObject;
  readonly infiniteContext: boolean;
  readonly policy: SegmentPolicy | null;
  readonly model: string | null;
  readonly summarize: Summarize | null;
  readonly memory: ParsedMemoryOptions;
}

/** Tokens a prompt may reach before its segment closes, where nothing else is said. */
const DEFAULT_TOKEN_THRESHOLD = 4000;
/** Messages a segment may hold, where nothing else is said. */
const DEFAULT_MAX_TURNS = 20;
/** Summaries, and exchanges carried over, each get this share of the threshold. */
const CARRY_SHARE = 0.25;

/** A function that writes summaries, or null for none. */
export const summarizeSchema: z.ZodNullable<z.ZodType<Summarize>> = z
  .custom<Summarize>((value) => typeof value === 'function', { message: 'a function' })
  .nullable();

const threshold = z.number().int().positive();

const schema = z.strictObject({
  sessionId: idSchema.nullish(),
  tenant: tenantSchema.optional(),
  userId: idSchema.nullish(),
  systemPrompt: z.string().nullish(),
  parentId: idSchema.nullish(),
  metadata: z.unknown().optional(),
  infiniteContext: z.boolean().optional(),
  tokenThreshold: threshold.optional(),
  maxTurnsPerSegment: threshold.optional(),
  defaultModel: z.string().min(1).max(200).optional(),
  summarize: summarizeSchema.optional(),
  memory: z.unknown().optional(),
});
/** A manager's options name a store beside; whoever opens it checks it. */
const managerSchema = schema.extend({ store: z.unknown().optional() });

/**
 * Checks the options and fills in what is not given.
 * @throws INVALID_INPUT naming the option.
 */
export function parseSessionOptions(options: SessionOptions): ParsedSessionOptions {
  return filledIn(parseInput(schema, options, 'options'));
}

/**
 * As {@link parseSessionOptions} for options that may name a store.
 * @throws INVALID_INPUT naming the option.
 */
export function parseManagerOptions(
  options: SessionOptions & { readonly store?: unknown },
): ParsedSessionOptions {
  return filledIn(parseInput(managerSchema, options, 'options'));
}

function filledIn(parsed: z.output<typeof schema>): ParsedSessionOptions {
  const metadata = parseJsonObject(parsed.metadata, 'options.metadata');
  assertOwnerIsId(metadata, 'options.metadata');
  const prompt = parsed.systemPrompt ?? metadata['system_prompt'];
  const isInfinite = parsed.infiniteContext ?? false;
  const model = parsed.defaultModel ?? null;
  return {
    sessionId: parsed.sessionId ?? null,
    tenant: parsed.tenant ?? DEFAULT_TENANT,
    systemPrompt: typeof prompt === 'string' ? prompt : null,
    parentId: parsed.parentId ?? null,
    properties: propertiesOf(metadata, parsed.userId ?? null),
    infiniteContext: isInfinite,
    policy: isInfinite ? segmentPolicy(parsed) : null,
    model,
    summarize: parsed.summarize ?? null,
    memory: parseMemoryOptions(parsed.memory, 'options.memory'),
  };
}

/** The policy of a conversation without end. */
export function segmentPolicy(limits: {
  readonly tokenThreshold?: number | undefined;
  readonly maxTurnsPerSegment?: number | undefined;
}): SegmentPolicy {
  const tokenThreshold = limits.tokenThreshold ?? DEFAULT_TOKEN_THRESHOLD;
  const share = Math.floor(tokenThreshold * CARRY_SHARE);
  return {
    tokenThreshold,
    maxTurnsPerSegment: limits.maxTurnsPerSegment ?? DEFAULT_MAX_TURNS,
    carryTokens: share,
    summaryTokens: share,
    requestSummary: false,
  };
}

/** Two users, of whom one would be dropped without a word, are none. */
function assertOneUser(metadata: JsonObject, userId: string | null): void {
  for (const name of OWNER_NAMES) {
    const named = Object.hasOwn(metadata, name) ? (metadata[name] ?? null) : null;
    if (userId === null || named === null || named === userId) continue;
    const expected = 'the user that options.userId names, or none';
    throw new InvalidInput({ field: `options.metadata.${name}`, expected });
  }
}

function propertiesOf(metadata: JsonObject, userId: string | null): JsonObject {
  assertOneUser(metadata, userId);
  const { system_prompt: _prompt, ...properties } = metadata;
  return userId === null ? properties : { ...properties, user_id: userId };
}
