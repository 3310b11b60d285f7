import { describe, expect, onTestFinished, test } from 'vitest';
import { untilAdmitted } from '../../../src/cli/replay/overload.ts';
import { Overloaded, SessionNotFound } from '../../../src/domain/errors.ts';

const QUIET = new AbortController().signal;

/** A call that is refused some times before it works. */
function refusing(times: number, retryAfterMs: number): () => Promise<number> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new Overloaded({ scope: 'tenant', retryAfterMs });
    return calls;
  };
}

describe('untilAdmitted', () => {
  test('tries again until the runtime takes the call', async () => {
    await expect(untilAdmitted(refusing(3, 1), QUIET)).resolves.toBe(4);
  });

  test('gives up when the waits would take too long', async () => {
    await expect(untilAdmitted(refusing(1, 60_000), QUIET)).rejects.toThrow(Overloaded);
  });

  test('passes other errors on at once', async () => {
    const failing = async (): Promise<never> => {
      throw new SessionNotFound();
    };
    await expect(untilAdmitted(failing, QUIET)).rejects.toThrow(SessionNotFound);
  });

  test('stops waiting when it is called off', async () => {
    const controller = new AbortController();
    const waiting = untilAdmitted(refusing(1, 20_000), controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('many wait at once with one signal, without a warning of Node', async () => {
    const { signal } = new AbortController();
    const names: string[] = [];
    const hear = ({ name }: Error): void => void names.push(name);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));

    await Promise.all(Array.from({ length: 32 }, () => untilAdmitted(refusing(1, 5), signal)));

    expect(names).toEqual([]);
  });
});
