import { z } from 'zod';
import type { HostStats } from '../actors/envelope.ts';
import { MAX_WORKERS } from '../config/environment.ts';
import { reading } from '../domain/argument.ts';
import { InvalidInput } from '../domain/errors.ts';
import { withFieldNames, withFieldNamesLater } from '../domain/field-name.ts';
import { DEFAULT_TENANT, idSchema, tenantSchema } from '../domain/ids.ts';
import { type JsonValue, parseJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { keyName } from '../domain/schema-path.ts';
import { createRuntime } from '../runtime/runtime.ts';
import type { RuntimeOptions } from '../runtime/options.ts';
import type { ListParams, StoreStats } from '../store/store.ts';
import { type CloseOptions, closeTimeoutMs } from './close-options.ts';
import { eraseOwned, type ErasureReceipt } from './erase-scope.ts';
import {
  collectArtifacts,
  type CollectArtifactsOptions,
  type CollectedArtifacts,
} from './gone-content.ts';
import {
  type ListedSession,
  type RecordedUsage,
  type SessionPage,
  toRecordedUsage,
  toSessionPage,
} from './listed-session.ts';
import { optionsFor } from './manager-options.ts';
import { flushBackground } from './flush.ts';
import { SessionHandle } from './session-handle.ts';
import { SessionManager } from './session-manager.ts';
import { parseSessionOptions, type SessionOptions } from './session-options.ts';
import { importSession, type ImportResult, type ImportTarget } from './session-transfer.ts';
import type { WaitOptions } from './wait.ts';

/** Which sessions to list. */
export interface SessionQuery {
  readonly tenant?: string | undefined;
  readonly sessionIdPrefix?: string | undefined;
  readonly userId?: string | undefined;
  /** Exact values of properties; numbers and booleans match their text. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly createdFromMs?: number | undefined;
  readonly createdBeforeMs?: number | undefined;
  readonly updatedFromMs?: number | undefined;
  readonly updatedBeforeMs?: number | undefined;
  /** `created` (default): oldest first. `updated`: latest activity first. */
  readonly order?: 'created' | 'updated' | undefined;
  /** Sessions a page, 1 to 1000. Default 100. */
  readonly limit?: number | undefined;
  /** Where the page before ended; null, as the last page says, begins anew. */
  readonly cursor?: string | null | undefined;
}

/** What a tenant recorded, and what it cost. */
export type TenantUsage = RecordedUsage;

/** A running pagefold: sessions of any number of tenants over one store. */
export interface Pagefold extends AsyncDisposable {
  /** A session by id, or a new one; nothing is read or written yet. */
  session(sessionId?: string | null, options?: Omit<SessionOptions, 'sessionId'>): SessionManager;
  /**
   * One page of the sessions of a tenant. The counters of a fork are those of its own records, without the part it shares.
   * @throws INVALID_INPUT
   */
  listSessions(query?: SessionQuery): Promise<SessionPage>;
  /** All sessions that match, page by page. @throws INVALID_INPUT */
  sessions(query?: SessionQuery): AsyncGenerator<ListedSession>;
  tenantUsage(tenant?: string): Promise<TenantUsage>;
  /**
   * Erases everything of a user, or of a whole tenant. Artifacts of the tenant's sessions that had gone before go too, since nobody knows
   * any more whose they were: of a tenant all, of a user those older than `graceMs` (default ten minutes), as younger ones may be of a
   * session that somebody else is just beginning; the receipt counts them as `youngArtifacts`.
   * @throws INVALID_INPUT, INVALID_SESSION_OPERATION when a session of the user has content in an artifact store and the runtime has none,
   * SESSION_CONFLICT, STORAGE_ERROR, UNKNOWN_OUTCOME when only a part is gone; the next call makes it good.
   */
  erase(scope: {
    readonly tenant: string;
    /** Left out for a whole tenant; undefined is refused, since it may be a user whose id was lost. */
    readonly userId?: string;
    readonly graceMs?: number | undefined;
  }): Promise<ErasureReceipt>;
  /**
   * Removes what sessions that are gone left in the artifact store, of a tenant or of all: those that expired, those that were
   * deleted while it failed, and those that had an id before. To be called now and then, by one process, where sessions expire. The
   * artifact store must be of this pagefold's sessions alone: those of another store are not there either.
   * @throws INVALID_INPUT, INVALID_SESSION_OPERATION without an artifact store, STORAGE_ERROR, UNKNOWN_OUTCOME; the next call goes on.
   */
  collectArtifacts(options?: CollectArtifactsOptions): Promise<CollectedArtifacts>;
  /**
   * Restores a session from the lines of an export, which are trusted: what they name is added to the tenant's sums. Content that comes
   * with them goes to the artifact store before anything is recorded; what is nowhere is counted in the result, with a warning
   * (`CONTENT_MISSING`). A time to live that was set for the session alone comes with it; else it gets the runtime's, and both count from
   * the import. After UNKNOWN_OUTCOME it may be repeated with the same lines: it goes on where it was cut off.
   * @throws INVALID_INPUT naming the line, SESSION_ALREADY_EXISTS, whose data names the number of `importedRecords` when the session
   * begins with all of them; INVALID_SESSION_OPERATION when content comes and there is no artifact store, and what that rejects with;
   * UNKNOWN_OUTCOME
   */
  importSession(
    lines: Iterable<string> | AsyncIterable<string>,
    target?: ImportTarget,
  ): Promise<ImportResult>;
  stats(): Promise<{
    readonly actors: HostStats;
    readonly store: StoreStats;
    /**
     * By how many milliseconds the event loop of this thread came round later than it should, on average over a second or more.
     * It is watched from the first time that anybody asks, or that a summary waits.
     */
    readonly loopDelayMs: number;
  }>;
  /**
   * Moves sessions to so many worker threads, up to 60, or to this one for 0, while calls go on: those that come meanwhile wait for
   * those under way, 5 s at most. Ends what `workers: 'auto'` does. What the workers before counted stays in `stats()`.
   * @throws INVALID_INPUT, CLOSED, SHARD_UNAVAILABLE when a worker cannot start, DEADLINE_EXCEEDED when calls under way take longer; the
   * sessions are where they were then.
   */
  setWorkers(count: number): Promise<void>;
  /**
   * Waits until background work is done. Some of it waits for minutes where a model says so by `Retry-After`: whoever gives a `signal` or
   * a `timeoutMs` hears `ABORTED` or `DEADLINE_EXCEEDED` then, and the work goes on.
   * @throws INVALID_INPUT, CLOSED, ABORTED, DEADLINE_EXCEEDED
   */
  flush(options?: WaitOptions): Promise<void>;
  /**
   * Takes no more calls, finishes what is under way within `timeoutMs` (default 10 s) and closes. While an operation of
   * several calls, such as a deletion, is under way, single calls are still taken. The second call returns the first's promise.
   * @throws INVALID_INPUT
   */
  close(options?: CloseOptions): Promise<void>;
}

const DEFAULT_PAGE = 100;
const CLOSE_TIMEOUT_MS = 10_000;

const time = z.number().optional();
const querySchema = z.strictObject({
  tenant: tenantSchema.optional(),
  sessionIdPrefix: z.string().max(256).optional(),
  userId: idSchema.optional(),
  metadata: z.unknown().optional(),
  createdFromMs: time,
  createdBeforeMs: time,
  updatedFromMs: time,
  updatedBeforeMs: time,
  order: z.enum(['created', 'updated']).optional(),
  limit: z.number().int().min(1).max(1000).optional(),
  cursor: z.string().max(4096).nullish(),
});
const workerCountSchema = z.number().int().nonnegative().max(MAX_WORKERS);
const eraseSchema = z
  .strictObject({
    tenant: tenantSchema,
    userId: idSchema.optional(),
    graceMs: z.number().nonnegative().optional(),
  })
  .refine((scope) => !('userId' in scope) || scope.userId !== undefined, {
    path: ['userId'],
    error: 'an id; leave it out to erase the whole tenant',
  });

/**
 * Opens a pagefold.
 * @throws INVALID_INPUT naming the option.
 * @example
 * await using pagefold = await openPagefold();
 * const session = pagefold.session('support-42', { tenant: 'acme' });
 * await session.userSays('Where is my order?');
 */
export async function openPagefold(options: RuntimeOptions = {}): Promise<Pagefold> {
  const runtime = createRuntime(options);
  const { store, executor } = runtime;
  const list = async (query: SessionQuery): Promise<SessionPage> =>
    toSessionPage(await withFieldNamesLater(queryField, () => store.list(listParams(query))));
  const close = (choice: CloseOptions = {}): Promise<void> => {
    try {
      return runtime.close({ timeoutMs: closeTimeoutMs(choice, CLOSE_TIMEOUT_MS) });
    } catch (error) {
      return rejectedWith(error);
    }
  };
  return {
    session: (sessionId, session = {}) => {
      runtime.assertOpen();
      const whole = reading('options', () => {
        assertOneId(sessionId, session);
        return { ...session, sessionId: sessionId ?? null };
      });
      const parsed = withFieldNames(sessionField, () => parseSessionOptions(whole));
      return new SessionManager(optionsFor(new SessionHandle(parsed, () => runtime)));
    },
    listSessions: (query = {}) => list(query),
    sessions: (query = {}) =>
      walk((cursor) => list(reading('query', () => ({ ...query, ...cursor })))),
    tenantUsage: async (tenant = DEFAULT_TENANT) =>
      toRecordedUsage(
        await store.tenantUsage({ tenant: parseInput(tenantSchema, tenant, 'tenant') }),
      ),
    erase: async (scope) => {
      const { tenant, userId, graceMs } = parseInput(eraseSchema, scope, 'scope');
      const owner =
        userId === undefined
          ? ({ kind: 'tenant', tenant } as const)
          : ({ kind: 'user', tenant, userId } as const);
      return runtime.operation(() => eraseOwned(runtime, owner, graceMs));
    },
    collectArtifacts: (wish = {}) => runtime.operation(() => collectArtifacts(runtime, wish)),
    importSession: (lines, target = {}) =>
      runtime.operation(() => importSession(runtime, lines, target)),
    stats: async () => ({
      actors: executor.stats(),
      store: await store.stats(),
      loopDelayMs: runtime.loopDelay.lateMs(),
    }),
    setWorkers: async (count) => {
      const wanted = parseInput(workerCountSchema, count, 'count');
      runtime.assertOpen();
      await runtime.changeWorkers(wanted);
    },
    flush: (wait = {}) => flushBackground(runtime, wait),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** A cursor is checked by the store that made it. */
function queryField(field: string): string {
  return field === 'cursor' ? 'query.cursor' : field;
}

/** The id is an argument of its own. */
/** @throws INVALID_INPUT for options that name another session. */
function assertOneId(sessionId: string | null | undefined, options: SessionOptions): void {
  const { sessionId: named = null } = options;
  if (named === null || named === sessionId) return;
  throw new InvalidInput({ field: 'options.sessionId', expected: 'the id that is given before' });
}

function sessionField(field: string): string {
  return field === 'options.sessionId' ? 'sessionId' : field;
}

/** A method that promises something never throws at once. */
async function rejectedWith(error: unknown): Promise<never> {
  throw error;
}

function listParams(query: SessionQuery): ListParams {
  const { tenant, metadata, order, limit, ...conditions } = parseInput(querySchema, query, 'query');
  const properties = metadata === undefined ? {} : { properties: propertyTexts(metadata) };
  const given = Object.entries({ ...conditions, ...properties }).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return {
    tenant: tenant ?? DEFAULT_TENANT,
    order: order ?? 'created',
    limit: limit ?? DEFAULT_PAGE,
    ...Object.fromEntries(given),
  };
}

/** Entry by entry, since a schema would pass over one named `__proto__` and so list more than was asked for. */
function propertyTexts(metadata: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(parseJsonObject(metadata, 'query.metadata'));
  return Object.fromEntries(
    entries.map(([name, value], index) => [name, propertyText(value, index)]),
  );
}

function propertyText(value: JsonValue, index: number): string {
  if (value !== null && typeof value !== 'object') return String(value);
  // By its number: the name is the caller's own and may be somebody's address.
  const field = `query.metadata.${keyName(index)}`;
  throw new InvalidInput({ field, expected: 'a string, a number or a boolean' });
}

async function* walk(
  readPage: (cursor: { readonly cursor?: string }) => Promise<SessionPage>,
): AsyncGenerator<ListedSession> {
  let cursor: { readonly cursor?: string } = {};
  for (;;) {
    // In order: a page names where the next one begins.
    const page = await readPage(cursor);
    yield* page.heads;
    if (page.cursor === null) return;
    cursor = { cursor: page.cursor };
  }
}
