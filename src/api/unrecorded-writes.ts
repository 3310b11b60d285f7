import { PagefoldError } from '../domain/errors.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { GuardReport } from '../guards/guard-report.ts';

/** More of them stay unrecorded only where a store was away for very long. */
const MAX_UNSURE = 256;

/**
 * Calls of tools that write, from their beginning until they are recorded or taken back, however many turns that takes: what was read
 * before one of them may be no longer so.
 */
export class UnrecordedWrites {
  /** Weakly, and only counted below: one that nobody ever ends may have happened for good, and its arguments are of no use. */
  readonly #begun = new WeakSet<GuardReport>();
  readonly #counts = new Map<string, number>();
  /** Those of which nobody knows whether they were recorded, by the event that would be theirs. */
  readonly #unsure = new LruMap<GuardReport>(MAX_UNSURE);

  /** Notes that a call begins. */
  begin(report: GuardReport): void {
    this.#begun.add(report);
    this.#counts.set(report.toolName, (this.#counts.get(report.toolName) ?? 0) + 1);
  }

  /** Notes that a call is recorded, or never ran; a second time, and for calls that write nothing, makes no difference. */
  end(report: GuardReport): void {
    if (!this.#begun.delete(report)) return;
    const { toolName } = report;
    const left = (this.#counts.get(toolName) ?? 0) - 1;
    if (left > 0) this.#counts.set(toolName, left);
    else this.#counts.delete(toolName);
  }

  /** Whether a call of any other tool is open. */
  isOneBeside(toolName: string): boolean {
    return this.#counts.size > (this.#counts.has(toolName) ? 1 : 0);
  }

  /** Notes that a call could not be recorded; it may turn up in the log all the same. */
  noteFailure(
    report: GuardReport,
    { error, eventId }: { readonly error: unknown; readonly eventId: string | undefined },
  ): void {
    const isUnsure = PagefoldError.isInstance(error) && error.code === 'UNKNOWN_OUTCOME';
    if (isUnsure && eventId !== undefined && this.#begun.has(report))
      this.#unsure.set(eventId, report);
  }

  /** The call whose record was in doubt until that event was found in the log. */
  unsureOf(eventId: string): GuardReport | undefined {
    return this.#unsure.get(eventId);
  }
}
