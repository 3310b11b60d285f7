import type { z } from 'zod';
import type { SessionOptions } from '../api/session-options.ts';
import { defaultTokenModel } from '../config/environment.ts';
import { idSchema, tenantSchema } from '../domain/ids.ts';
import type { Arguments, OptionDefinitions } from './arguments.ts';
import { nameSchema } from './chat-export/exported-message.ts';
import type { PlanDefaults } from './chat-export/tracking-plan.ts';
import { UsageError } from './usage-error.ts';

/** What to track, and how. */
export interface TrackingOptions {
  readonly files: readonly string[];
  readonly defaults: PlanDefaults;
  readonly context: Pick<
    SessionOptions,
    'infiniteContext' | 'tokenThreshold' | 'maxTurnsPerSegment'
  >;
  readonly tokens: 'exact' | 'estimate';
  readonly concurrency: number;
  /** The one session that matters; null for all. */
  readonly sessionId: string | null;
}

/** The options of commands that track chat exports. */
export const TRACKING_OPTIONS: OptionDefinitions = {
  model: { type: 'string' },
  provider: { type: 'string' },
  tenant: { type: 'string' },
  session: { type: 'string' },
  threshold: { type: 'string' },
  'max-turns': { type: 'string' },
  'no-infinite': { type: 'boolean' },
  estimate: { type: 'boolean' },
  concurrency: { type: 'string' },
};

const DEFAULT_CONCURRENCY = 32;

/** What those options mean, for `--help`. */
export const TRACKING_USAGE: string = `  --model NAME        model of answers that name none (default: PAGEFOLD_DEFAULT_MODEL, else gpt-4o-mini)
  --provider NAME     provider of answers that name none
  --tenant NAME       tenant of sessions that name none (default: the file's name without its ending)
  --session ID        only this session; names the only one there is when its export does not. Where several tenants
                      have the id, --tenant chooses
  --threshold N       tokens a prompt may reach before its segment closes (default: 4000)
  --max-turns N       messages after which a segment closes (default: 20); it closes before a message of the user,
                      so answers that come before that still belong to it
  --no-infinite       do not divide conversations into segments
  --estimate          estimate token counts instead of loading a vocabulary
  --concurrency N     conversations recorded at once (default: ${DEFAULT_CONCURRENCY})

Exports are JSON or JSON lines: messages of the OpenAI chat format (an array, or one a line with session, tenant and
user), conversations with messages, with turns of a role or a speaker, or with a prompt and its replies (every reply but
the first becomes a fork), or a question with lists of messages. Everything is checked before anything is recorded.
FILE may be - for standard input.

Of a message these fields are read: role, content, tool_calls (each with id, function.name and function.arguments),
tool_call_id and name (of a tool's answer), model, provider, usage, id, metadata; of a turn role or speaker, text or
content, id. Other texts, numbers and truth values are kept as metadata; tool calls in any other field are not seen.`;

/**
 * Reads the options of a command that tracks chat exports.
 * @throws INVALID_INPUT
 */
export function readTrackingOptions(args: Arguments): TrackingOptions {
  const options = {
    files: args.files,
    defaults: {
      tenant: checked(args, 'tenant', tenantSchema),
      model: checked(args, 'model', nameSchema) ?? defaultTokenModel(),
      provider: checked(args, 'provider', nameSchema),
    },
    context: readContext(args),
    tokens: args.has('estimate') ? 'estimate' : 'exact',
    concurrency: args.count('concurrency') ?? DEFAULT_CONCURRENCY,
    sessionId: checked(args, 'session', idSchema),
  } as const;
  // Last, since an option that lacks its value has taken the file for it.
  if (args.files.length === 0) throw new UsageError('which chat export?');
  return options;
}

function readContext(args: Arguments): TrackingOptions['context'] {
  const tokenThreshold = args.count('threshold');
  const maxTurnsPerSegment = args.count('max-turns');
  const isWhole = args.has('no-infinite');
  if (isWhole && (tokenThreshold !== null || maxTurnsPerSegment !== null))
    throw new UsageError(
      '--no-infinite has no segments: --threshold and --max-turns go without it',
    );
  return {
    infiniteContext: !isWhole,
    ...(tokenThreshold === null ? {} : { tokenThreshold }),
    ...(maxTurnsPerSegment === null ? {} : { maxTurnsPerSegment }),
  };
}

function checked(args: Arguments, name: string, schema: z.ZodType<string>): string | null {
  const value = args.text(name);
  if (value === null || schema.safeParse(value).success) return value;
  throw new UsageError(`--${name} takes a name of ordinary length without control characters`);
}
