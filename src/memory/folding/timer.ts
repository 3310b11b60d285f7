import type { Clock } from '../../domain/clock.ts';

/** Timers of the machine, for folding on its own; a runtime brings its clock. They do not keep the process alive. */
export const machineTimer: Pick<Clock, 'setTimer'> = {
  setTimer: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
