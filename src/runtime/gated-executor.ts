import type { CommandReply, Executor, HostStats } from '../actors/envelope.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import { closedError } from './closed-error.ts';

/** An executor that turns callers away before it closes, while what is under way behind it goes on. */
export class GatedExecutor implements Executor {
  readonly #inner: Executor;
  #isShut = false;

  constructor(inner: Executor) {
    this.#inner = inner;
  }

  /** @throws CLOSED when every call is refused. */
  assertOpen(): void {
    if (this.#isShut) throw closedError();
  }

  /** From now on every call is refused. */
  shut(): void {
    this.#isShut = true;
  }

  /** See {@link Executor.execute}. */
  execute(params: Parameters<Executor['execute']>[0]): Promise<CommandReply> {
    return this.#isShut ? Promise.reject(closedError()) : this.#inner.execute(params);
  }

  /** See {@link Executor.readState}. */
  readState(params: Parameters<Executor['readState']>[0]): Promise<SessionState | null> {
    return this.#isShut ? Promise.reject(closedError()) : this.#inner.readState(params);
  }

  /** See {@link Executor.reserve}. */
  reserve(params: Parameters<Executor['reserve']>[0]): () => void {
    this.assertOpen();
    return this.#inner.reserve(params);
  }

  /** See {@link Executor.forget}. */
  forget(key: SessionKey): void {
    this.#inner.forget(key);
  }

  /** See {@link Executor.forgetTenant}. */
  forgetTenant(tenant: string): void {
    this.#inner.forgetTenant(tenant);
  }

  /** See {@link Executor.stats}. */
  stats(): HostStats {
    return this.#inner.stats();
  }

  /** See {@link Executor.whenIdle}. */
  whenIdle(): Promise<void> {
    return this.#inner.whenIdle();
  }

  /** See {@link Executor.close}. */
  close(params: { readonly deadlineMs: number }): Promise<void> {
    this.shut();
    return this.#inner.close(params);
  }
}
