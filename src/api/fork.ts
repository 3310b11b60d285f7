import { z } from 'zod';
import { idSchema } from '../domain/ids.ts';
import { parseJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { newUuid } from '../runtime/system.ts';
import { SessionHandle } from './session-handle.ts';

/** Where a fork begins, and what it is called. */
export interface ForkOptions {
  /** It shares everything up to and including this position; the present end when not given. */
  readonly position?: number;
  /** A fresh UUID when not given. */
  readonly sessionId?: string;
  /** Laid over the origin's properties. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const forkSchema = z.strictObject({
  position: z.number().int().positive().optional(),
  sessionId: idSchema.optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Creates a session that shares another's history up to a position, without copying it; returns a handle that treats it as
 * the given one treats the origin.
 * @throws SESSION_NOT_FOUND when there is no such position, SESSION_ALREADY_EXISTS.
 */
export async function forkSession(
  handle: SessionHandle,
  options: ForkOptions,
): Promise<SessionHandle> {
  const { position, sessionId = newUuid(), metadata } = parseInput(forkSchema, options, 'options');
  const properties = parseJsonObject(metadata, 'options.metadata');
  const { runtime, key } = handle;
  const state = await handle.requireState();
  const child = { tenant: key.tenant, sessionId };
  const fork = { sessionId: key.sessionId, position: position ?? state.version };
  const session = {
    parentId: key.sessionId,
    fork,
    properties,
    systemPrompt: null,
    model: handle.model,
  };
  await runtime.executor.execute({ key: child, command: { type: 'create', session } });
  try {
    await runtime.followUps.linkParent(child);
  } catch (error) {
    // An origin that does not know of its fork could be deleted under it.
    await runtime.store.remove({ key: child });
    runtime.executor.forget(child);
    throw error;
  }
  const { summarize } = handle;
  const inherited = { ...handle.options, summarize, systemPrompt: null, parentId: null };
  const forked = new SessionHandle({ ...inherited, sessionId, properties: {} }, () => runtime);
  // From here on the handle knows that the session is there, so that a deletion elsewhere is final.
  await forked.requireState();
  return forked;
}
