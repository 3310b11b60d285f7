import { abortedError } from '../runtime/caller-wait.ts';
import { z } from 'zod';
import { InvalidInput, SessionNotFound } from '../domain/errors.ts';
import type { MemoryChange } from '../domain/memory-change.ts';
import { PAGE_LEVELS, type PageLevel } from '../domain/page.ts';
import { VM_MODES } from '../domain/paging-policy.ts';
import { parseInput } from '../domain/parse.ts';
import { type ReceiptCheck, verifyReceipt } from '../memory/context/context-receipt.ts';
import { renderAgain } from '../memory/manager/context-builder.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';
import { readLog } from '../store/log-reader.ts';
import type { MemoryAccess } from './memory-access.ts';
import {
  type SessionContext,
  type SessionContextReceipt,
  toSessionContext,
} from './session-context.ts';
import type { SessionHandle } from './session-handle.ts';
import { parseWait, type WaitOptions } from './wait.ts';

/** A page as it stood in a context. */
export interface ContextPageView {
  readonly pageId: string;
  readonly level: PageLevel;
  /** As it was shown, its line included. */
  readonly tokens: number;
}

/** How one context differs from an earlier one. */
export interface MemoryDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Pages that show less than before. */
  readonly folded: readonly string[];
  /** Pages that show more than before. */
  readonly unfolded: readonly string[];
}

/** A change of the memory at its place in the log. */
export interface RecordedMemoryChange {
  readonly position: number;
  /** Milliseconds since the Unix epoch, UTC. */
  readonly atMs: number;
  readonly change: MemoryChange;
}

/** A context that was made again, and whether it is the same. */
export interface RebuiltContext extends SessionContext {
  readonly check: ReceiptCheck;
}

const positionSchema = z.int().positive();
const rangeSchema = z.strictObject({ from: positionSchema, to: positionSchema });
const entrySchema = z.looseObject({
  kind: z.enum(['line', 'turn']),
  pageIds: z.array(z.string()),
  level: z.literal(PAGE_LEVELS),
  tokens: z.int().nonnegative(),
  hash: z.string(),
  message: z.int().nonnegative(),
  messageCount: z.int().nonnegative(),
});
const receiptSchema = z.looseObject({
  position: z.int().nonnegative(),
  changePosition: positionSchema.nullable(),
  maxTokens: z.int().positive(),
  model: z.string().min(1).max(200),
  mode: z.enum(VM_MODES),
  hash: z.string(),
  entries: z.array(entrySchema),
});

/** What a session's memory was at any position of its log: nothing of it is kept apart, all of it is computed again. */
export class SessionMemoryHistory {
  readonly #handle: SessionHandle;
  readonly #access: MemoryAccess;

  constructor(handle: SessionHandle, access: MemoryAccess) {
    this.#handle = handle;
    this.#access = access;
  }

  /** What was recorded of the memory, in the order of the log: compactions, faults, pins and pages that were written. */
  async *list(options: WaitOptions = {}): AsyncGenerator<RecordedMemoryChange> {
    const call = this.#access.waitOf(parseWait(options));
    const { version, lifeId } = await this.#handle.requireState(call.options);
    const { runtime, key } = this.#handle;
    const range = { key, lifeId, fromPosition: 1, toPosition: version };
    for await (const page of readLog(runtime.store, range)) {
      if (call.options.signal?.aborted === true) throw abortedError(call.options.signal);
      for (const { event, position } of page) {
        if (event.type !== 'memory-changed') continue;
        for (const change of event.changes) yield { position, atMs: event.atMs, change };
      }
    }
  }

  /**
   * The pages of the context after the record at a position, in their order.
   * @throws INVALID_INPUT for a position that the log does not reach.
   */
  async contextAt(
    position: number,
    options: WaitOptions = {},
  ): Promise<readonly ContextPageView[]> {
    const at = parseInput(positionSchema, position, 'position');
    const wait = parseWait(options);
    await this.#assertReached({ position: at });
    return this.#contextAt(at, wait);
  }

  async #contextAt(at: number, wait: WaitOptions): Promise<readonly ContextPageView[]> {
    const { model } = this.#handle;
    return this.#access.replay({ model, position: at, wait }, ({ memory }) =>
      Promise.resolve(viewsOf(memory.state)),
    );
  }

  /** What changed in the context between two positions. @throws INVALID_INPUT for one that the log does not reach. */
  async diff(
    range: { readonly from: number; readonly to: number },
    options: WaitOptions = {},
  ): Promise<MemoryDiff> {
    const { from, to } = parseInput(rangeSchema, range, 'range');
    await this.#assertReached({ 'range.from': from, 'range.to': to });
    const wait = parseWait(options);
    const [before, after] = await Promise.all([
      this.#contextAt(from, wait),
      this.#contextAt(to, wait),
    ]);
    const earlier = new Map(before.map((page) => [page.pageId, page]));
    const later = new Map(after.map((page) => [page.pageId, page]));
    const both = after.filter(({ pageId }) => earlier.has(pageId));
    const levelBefore = (pageId: string): number => earlier.get(pageId)?.level ?? 0;
    return {
      added: idsOf(after.filter(({ pageId }) => !earlier.has(pageId))),
      removed: idsOf(before.filter(({ pageId }) => !later.has(pageId))),
      folded: idsOf(both.filter(({ pageId, level }) => level > levelBefore(pageId))),
      unfolded: idsOf(both.filter(({ pageId, level }) => level < levelBefore(pageId))),
    };
  }

  /**
   * Makes a context again from its receipt and the log, in any process, and says whether every byte is the same.
   * @throws INVALID_INPUT, SESSION_NOT_FOUND also when the log does not reach as far as the receipt.
   */
  async rebuild(
    receipt: SessionContextReceipt,
    options: WaitOptions = {},
  ): Promise<RebuiltContext> {
    const wait = parseWait(options);
    const call = this.#access.waitOf(wait);
    const { position, changePosition, maxTokens, model, mode } = parseInput(
      receiptSchema,
      receipt,
      'receipt',
    );
    const { sessionId, version } = await this.#handle.requireState(call.options);
    if (Math.max(position, changePosition ?? 0) > version) throw new SessionNotFound({ sessionId });
    const changes = changePosition === null ? [] : await this.#changesAt(changePosition);
    return this.#access.replay({ model, position, wait }, async ({ memory }) => {
      const rendered = await renderAgain(memory.state, changes, {
        sessionId,
        position,
        model,
        mode,
        maxTokens,
        systemPrompt: memory.systemPrompt,
        policy: this.#handle.options.memory.faults,
        counter: this.#handle.runtime.counter,
        memo: memory.contexts,
      });
      const context = toSessionContext(rendered, { maxTokens, changePosition });
      return { ...context, check: verifyReceipt(receipt, rendered) };
    });
  }

  async #assertReached(positions: Readonly<Record<string, number>>): Promise<void> {
    const { version } = await this.#handle.requireState();
    for (const [field, position] of Object.entries(positions)) {
      if (position <= version) continue;
      throw new InvalidInput({ field, expected: `at most ${version}, the end of the log` });
    }
  }

  async #changesAt(position: number): Promise<readonly MemoryChange[]> {
    const { lifeId } = await this.#handle.requireState();
    const { runtime, key } = this.#handle;
    const range = { key, lifeId, fromPosition: position, toPosition: position };
    for await (const page of readLog(runtime.store, range)) {
      const event = page[0]?.event;
      if (event?.type === 'memory-changed') return event.changes;
    }
    return [];
  }
}

function viewsOf(state: MemoryState): readonly ContextPageView[] {
  return state.context().map(({ pageId, shown, tokens }) => {
    return { pageId, level: shown?.representation.level ?? 0, tokens };
  });
}

function idsOf(pages: readonly ContextPageView[]): readonly string[] {
  return pages.map(({ pageId }) => pageId);
}
