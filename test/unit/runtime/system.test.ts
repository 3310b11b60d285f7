import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/runtime/system.ts';

function withFakeTimers(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

test('a timer beyond what Node can wait for fires at its time', () => {
  withFakeTimers();
  let fired = 0;
  systemClock().setTimer(6e9, () => void (fired += 1));

  vi.advanceTimersByTime(6e9 - 1);
  expect(fired).toBe(0);
  vi.advanceTimersByTime(1);
  expect(fired).toBe(1);
});

test('a long timer can be cancelled between two steps', () => {
  withFakeTimers();
  let fired = 0;
  const timer = systemClock().setTimer(6e9, () => void (fired += 1), { isBackground: true });
  vi.advanceTimersByTime(3e9);

  timer.cancel();

  vi.advanceTimersByTime(6e9);
  expect(fired).toBe(0);
});
