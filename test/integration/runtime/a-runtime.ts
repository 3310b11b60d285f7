import { onTestFinished } from 'vitest';
import { optionsFor } from '../../../src/api/manager-options.ts';
import { SessionHandle } from '../../../src/api/session-handle.ts';
import { SessionManager } from '../../../src/api/session-manager.ts';
import { parseSessionOptions, type SessionOptions } from '../../../src/api/session-options.ts';
import type { RuntimeOptions } from '../../../src/runtime/options.ts';
import { createRuntime, type Runtime } from '../../../src/runtime/runtime.ts';

/** A runtime of one test, closed when the test is over. */
export function aRuntime(options: RuntimeOptions = {}): Runtime {
  const runtime = createRuntime({ tokens: 'estimate', ...options });
  onTestFinished(() => runtime.close({ timeoutMs: 1_000 }));
  return runtime;
}

/** A manager of a session of a runtime. */
export function managerOf(
  runtime: Runtime,
  sessionId: string,
  options: Omit<SessionOptions, 'sessionId'> = {},
): SessionManager {
  const handle = new SessionHandle(parseSessionOptions({ ...options, sessionId }), () => runtime);
  return new SessionManager(optionsFor(handle));
}
