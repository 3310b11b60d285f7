import { LruMap } from '../domain/lru-map.ts';
import type { Task } from '../tools/parallel-calls.ts';
import type { ToolResult } from '../tools/tool-result.ts';
import type { CallOperation } from './call-operations.ts';

/** Calls that were claimed and have not begun, of the latest answers; more of them fail only where very many answers fail. */
const MAX_CLAIMED = 1_024;

/** A call that this process will carry out, or has given up. */
export interface AnnouncedCall {
  /** Carries it out, for all who wait for it. */
  run(task: Task<ToolResult>): Promise<ToolResult>;
  /** Lets it be: whoever waits for it is told why. */
  giveUp(error: unknown): void;
}

/** A call of an answer that is recorded: one that is under way for somebody else, or is announced here. */
export type ClaimedCall = { readonly operation: CallOperation } & (
  | { readonly running: Promise<ToolResult>; readonly announced?: undefined }
  | { readonly running?: undefined; readonly announced: AnnouncedCall }
);

/**
 * The calls of this process from the moment they are known until they are recorded. Whoever gives an answer once more, while its calls
 * are judged or wait for their turn, waits for these instead of beginning anew.
 */
export class CallsInFlight {
  readonly #results = new Map<string, Promise<ToolResult>>();
  readonly #claimed = new LruMap<true>(MAX_CLAIMED);

  /** Makes a call known before it begins, unless it is under way. */
  join(operation: CallOperation): ClaimedCall {
    const running = this.#results.get(operation.operationId);
    if (running !== undefined) return { operation, running };
    return { operation, announced: this.#announce(operation.operationId) };
  }

  #announce(operationId: string): AnnouncedCall {
    let settle: (result: Promise<ToolResult>) => void = nothing;
    let refuse: (error: unknown) => void = nothing;
    const result = new Promise<ToolResult>((resolve, reject) => {
      settle = resolve;
      refuse = reject;
    });
    this.#results.set(operationId, result);
    const forget = (): void => {
      this.#results.delete(operationId);
    };
    // It may be that nobody waits for it: whoever gave the answer is told by other ways.
    result.then(forget, forget);
    return {
      run: (task) => {
        settle(task());
        return result;
      },
      giveUp: (error) => refuse(error),
    };
  }

  /** Notes that the record by which a call is claimed is this process's own. */
  claim(operationId: string): void {
    this.#claimed.set(operationId, true);
  }

  /** Whether this process claimed a call that it never began, so that nobody did. */
  isUnbegun(operationId: string): boolean {
    return this.#claimed.get(operationId) === true;
  }

  /** Notes that a call begins, and that from now on it may have run. */
  begin(operationId: string): void {
    this.#claimed.delete(operationId);
  }
}

function nothing(): void {
  // Takes the place of what a promise gives at once.
}
