import type { Clock } from '../domain/clock.ts';
import { type JobHandler, toOutcome } from './job.ts';
import type { JobMeter } from './job-meter.ts';
import type { Queue } from './queue.ts';

/** The same queue, whose consumers tell a meter what they do. */
export function withMeter(
  queue: Queue,
  { meter, clock }: { readonly meter: JobMeter; readonly clock: Clock },
): Queue {
  return {
    backend: queue.backend,
    isShared: queue.isShared,
    enqueue: (job) => queue.enqueue(job),
    consume: (options) =>
      queue.consume({ ...options, handle: metered(options.handle, meter, clock) }),
    repeat: (params) => queue.repeat(params),
    pause: () => queue.pause(),
    resume: () => queue.resume(),
    drain: (options) => queue.drain(options),
    cancel: (id) => queue.cancel(id),
    deadJobs: (params) => queue.deadJobs(params),
    revive: (id) => queue.revive(id),
    figures: () => queue.figures(),
    close: () => queue.close(),
  };
}

function metered(handle: JobHandler, meter: JobMeter, clock: Clock): JobHandler {
  return async (job, context) => {
    const end = meter.begin(job.kind);
    const beganMs = clock.nowMs();
    const seconds = (): number => Math.max(0, clock.nowMs() - beganMs) / 1000;
    try {
      const outcome = toOutcome(await handle(job, context));
      end(outcome.kind, seconds());
      return outcome;
    } catch (error) {
      end('failed', seconds());
      throw error;
    }
  };
}
