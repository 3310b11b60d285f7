import { PagefoldError, StorageError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { AppendParams, AppendResult } from '../append-move.ts';
import { MAX_TAIL_RECORDS } from '../store-limits.ts';
import { toAppendResult, toMoveArgs } from './append-text.ts';
import { toList } from './redis-reply.ts';
import { type PendingBounds, PendingBudget } from './pending-budget.ts';
import { SCRIPT_OPERATION } from './redis-error.ts';
import type { Keeping, RedisPort } from './redis-port.ts';
import { isTorn, tornLog } from './redis-space.ts';
import { APPEND_MOVES } from './scripts.generated.ts';

/** What one script call may carry: the server does nothing else meanwhile, about a millisecond for this much. */
const MAX_MOVES = 32;
const MAX_RECORDS = 512;
const MAX_LENGTH = 1_000_000;

/** Calls under way for one lane; while they are, further moves gather for the next one. */
const MAX_UNDER_WAY = 4;

/** How the batcher reaches the server, and how much may wait in it. */
export interface AppendBatcherSettings extends PendingBounds {
  readonly port: RedisPort;
  readonly retryHorizonMs: number;
  /** Where a write has to be before it is acknowledged; null where the server's word is enough. */
  readonly keeping: Keeping | null;
  /** The time that is sent along; empty for the server's own. */
  readonly nowText: () => string;
  /** Mends the log of a session, of which the server said that it is torn. */
  readonly mend: (key: SessionKey) => Promise<void>;
}

/** A move with the place it goes to. */
export interface RoutedMove {
  readonly params: AppendParams;
  readonly bucket: number;
  /** The hash and the log of its session. */
  readonly keys: readonly [meta: string, log: string];
  /** What a session created by it is called. */
  readonly incarnation: string;
}

interface WaitingMove {
  readonly move: RoutedMove;
  readonly args: readonly string[];
  readonly records: number;
  readonly length: number;
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

/** What was before a call with these moves. */
interface Before {
  readonly isMended: boolean;
  /** Whether an earlier call with them may have been carried out, at least as far as some of them. */
  readonly isInDoubt: boolean;
}

const NOTHING_BEFORE: Before = { isMended: false, isInDoubt: false };

interface Lane {
  readonly waiting: WaitingMove[];
  underWay: number;
  isScheduled: boolean;
}

/**
 * Sends moves that come together in one call: those of one turn of the event loop, and those that gather while calls are
 * under way. In a cluster each bucket has a lane of its own, since a call reaches one slot only.
 */
export class AppendBatcher {
  readonly #settings: AppendBatcherSettings;
  readonly #budget: PendingBudget;
  readonly #lanes: Map<number, Lane> = new Map();

  constructor(settings: AppendBatcherSettings) {
    this.#settings = settings;
    this.#budget = new PendingBudget(settings);
  }

  /**
   * Records a move, or not.
   * @throws INVALID_INPUT, STORAGE_ERROR, UNKNOWN_OUTCOME, OVERLOADED.
   */
  append(move: RoutedMove): Promise<AppendResult> {
    const args = toMoveArgs(move.params, move.incarnation);
    const length = args.reduce((sum, arg) => sum + arg.length, 0);
    const records = move.params.records.length;
    const wait = (): Promise<AppendResult> =>
      new Promise((resolve, reject) => {
        const laneNumber = this.#settings.port.isCluster ? move.bucket : 0;
        const lane = this.#lane(laneNumber);
        lane.waiting.push({ move, args, records, length, resolve, reject });
        this.#schedule(laneNumber, lane);
      });
    return this.#budget.hold(length, wait);
  }

  #lane(number: number): Lane {
    let lane = this.#lanes.get(number);
    if (lane === undefined) {
      lane = { waiting: [], underWay: 0, isScheduled: false };
      this.#lanes.set(number, lane);
    }
    return lane;
  }

  #schedule(number: number, target: Lane): void {
    const lane = target;
    if (lane.isScheduled || lane.underWay >= MAX_UNDER_WAY) return;
    lane.isScheduled = true;
    // Whatever the present turn still appends joins in.
    queueMicrotask(() => {
      lane.isScheduled = false;
      this.#flush(number, lane);
    });
  }

  #flush(number: number, target: Lane): void {
    const lane = target;
    while (lane.waiting.length > 0 && lane.underWay < MAX_UNDER_WAY) {
      const batch = takeBatch(lane.waiting);
      lane.underWay += 1;
      void this.#send(batch).finally(() => {
        lane.underWay -= 1;
        if (lane.waiting.length > 0) this.#schedule(number, lane);
        else if (lane.underWay === 0) this.#lanes.delete(number);
      });
    }
  }

  /** Settles every move of the batch; never rejects itself. A log is mended once for a move, and not for ever. */
  async #send(batch: readonly WaitingMove[], before: Before = NOTHING_BEFORE): Promise<void> {
    try {
      const replies = toList(await this.#run(batch));
      batch.forEach((move, index) => {
        if (!isTorn(replies[index])) settle(move, replies[index]);
        else if (before.isMended) move.reject(tornLog());
        else void this.#sendMended(move);
      });
    } catch (error) {
      if (batch.length > 1 && mayDifferAlone(error)) {
        // One of them may be to blame, and those before it may be recorded: repeating tells, and records nothing twice.
        // On a full server a script stops before the first thing that it would change, so that none of them is.
        const after = { ...before, isInDoubt: !isOverloaded(error) };
        await Promise.all(batch.map((move) => this.#send([move], after)));
        return;
      }
      const told = before.isInDoubt ? inDoubt(error) : error;
      for (const move of batch) move.reject(told);
    }
  }

  /** Sends a move that was not recorded because of its log; where that cannot be mended, the move is not sent again. */
  async #sendMended(waiting: WaitingMove): Promise<void> {
    try {
      await this.#settings.mend(waiting.move.params.key);
    } catch (error) {
      waiting.reject(inDoubt(error));
      return;
    }
    // In a log that was torn a copy that came before may be recorded, which shows once it is mended.
    await this.#send([waiting], { isMended: true, isInDoubt: true });
  }

  #run(batch: readonly WaitingMove[]): Promise<unknown> {
    const { port, retryHorizonMs, keeping, nowText } = this.#settings;
    const head = [nowText(), String(retryHorizonMs), String(MAX_TAIL_RECORDS)];
    const call = {
      script: APPEND_MOVES,
      keys: batch.flatMap(({ move }) => move.keys),
      args: [...head, ...batch.flatMap(({ args }) => args)],
    };
    return keeping === null ? port.run(call) : port.runKept(call, keeping);
  }
}

function settle(waiting: WaitingMove, reply: unknown): void {
  try {
    waiting.resolve(toAppendResult(reply, waiting.move));
  } catch (error) {
    waiting.reject(error);
  }
}

/** Moves from the front as long as they fit into one call; the first one always does. */
function takeBatch(waiting: WaitingMove[]): readonly WaitingMove[] {
  let records = 0;
  let length = 0;
  let count = 0;
  for (const move of waiting) {
    records += move.records;
    length += move.length;
    const isFull = count === MAX_MOVES || records > MAX_RECORDS || length > MAX_LENGTH;
    if (isFull && count > 0) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Whether the server refused the call as a whole because of something in it, and not because it could not be reached. */
function mayDifferAlone(error: unknown): boolean {
  return isOverloaded(error) || isFromScript(error);
}

function isOverloaded(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'OVERLOADED';
}

function isFromScript(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.data['operation'] === SCRIPT_OPERATION;
}

/**
 * What a refusal says of a move of which a copy may have been carried out before. Only one that comes from the script is still for
 * certain: it looks for that copy first.
 */
function inDoubt(refusal: unknown): unknown {
  const isCertain =
    isOverloaded(refusal) || (StorageError.isInstance(refusal) && refusal.code === 'STORAGE_ERROR');
  if (!isCertain || isFromScript(refusal)) return refusal;
  return new StorageError({
    code: 'UNKNOWN_OUTCOME',
    operation: 'append',
    backend: 'redis',
    message: 'Redis did not say whether it had carried out the append before it refused it',
    cause: refusal,
  });
}
