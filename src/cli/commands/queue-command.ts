import { createRedisQueue } from '../../runtime/redis-queue.ts';
import type { DeadJob, Queue, QueueFigures } from '../../queue/queue.ts';
import { type Revival, reviveAll } from '../../queue/revive-all.ts';
import { parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import {
  queueOf,
  DEPLOYMENT_OPTIONS,
  DEPLOYMENT_USAGE,
  QUEUE_OPTIONS,
  QUEUE_USAGE,
} from '../redis-options.ts';
import { formatCount, formatDuration } from '../text/figures.ts';
import { revivalText } from '../text/revival-text.ts';
import { safeText } from '../text/safe-text.ts';
import { formatTable } from '../text/table.ts';
import { UsageError } from '../usage-error.ts';

const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  ...QUEUE_OPTIONS,
  json: { type: 'boolean' },
  revive: { type: 'string' },
} as const;

/** Dead jobs that are looked at; more are counted only. */
const MAX_LISTED = 1000;

/** What is shown. */
interface Shown extends QueueFigures {
  readonly failures: readonly TenantFailures[];
  /** Dead jobs that the failures count: the latest. */
  readonly counted: number;
}

/** What a tenant's dead jobs come to. */
interface TenantFailures {
  readonly tenant: string;
  readonly dead: number;
  readonly latestId: string;
  readonly latestReason: string;
}

/** `pagefold queue`: shows what waits in the queue of a deployment, and what failed. */
export const queueCommand: Command = {
  name: 'queue',
  summary: 'show the background jobs of a deployment in Redis',
  usage: `Usage: pagefold queue [OPTIONS]

Shows how many jobs wait, for how long the oldest one has, and which tenants' jobs failed for good and why.

${DEPLOYMENT_USAGE}
${QUEUE_USAGE}
  --revive ID         lets a job that failed for good begin anew; all lets all of them, each once, and says what is left
  --json              the same for programs`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    parsed.nothingElse();
    const queue = createRedisQueue(queueOf(parsed));
    try {
      const id = parsed.text('revive');
      if (id !== null) {
        const { revived, failed, error } = await revive(queue, id);
        const { dead } = await queue.figures();
        const text = parsed.has('json')
          ? JSON.stringify({ revived, failed, dead })
          : revivalText({ revived, failed }, id === 'all' ? dead : 0);
        await terminal.print(`${text}\n`);
        // Others began, but the answer is no success.
        if (failed > 0) throw error;
        return;
      }
      const figures = await queue.figures();
      const dead = await queue.deadJobs({ limit: MAX_LISTED });
      const shown = { ...figures, failures: failuresByTenant(dead), counted: dead.length };
      const text = parsed.has('json') ? JSON.stringify(shown) : report(shown).join('\n');
      await terminal.print(`${text}\n`);
    } finally {
      await queue.close();
    }
  },
};

async function revive(queue: Queue, id: string): Promise<Revival> {
  if (id === 'all') return reviveAll(queue);
  if (await queue.revive(id)) return { revived: 1, failed: 0, error: undefined };
  throw new UsageError(`no job ${id} failed for good`);
}

function failuresByTenant(dead: readonly DeadJob[]): readonly TenantFailures[] {
  const failures = new Map<string, TenantFailures>();
  // The latest come first.
  for (const { tenant, id, reason } of dead) {
    const known = failures.get(tenant) ?? { tenant, dead: 0, latestId: id, latestReason: reason };
    failures.set(tenant, { ...known, dead: known.dead + 1 });
  }
  return [...failures.values()].toSorted((left, right) => right.dead - left.dead);
}

function report(shown: Shown): readonly string[] {
  const { waiting, delayed, running, dead, oldestAgeMs, failures, counted } = shown;
  const counts = [
    `${formatCount(waiting)} waiting`,
    `${formatCount(delayed)} put off`,
    `${formatCount(running)} running`,
    `${formatCount(dead)} failed for good`,
  ];
  const oldest = oldestAgeMs === null ? 'none' : formatDuration(oldestAgeMs);
  const lines = [counts.join(', '), `oldest waiting: ${oldest}`];
  if (failures.length === 0) return lines;
  const rows = failures.map((one) => [
    safeText(one.tenant),
    formatCount(one.dead),
    safeText(one.latestReason),
    one.latestId,
  ]);
  const columns = [
    { title: 'tenant', align: 'left' },
    { title: 'failed', align: 'right' },
    { title: 'latest reason', align: 'left' },
    { title: 'latest job', align: 'left' },
  ] as const;
  const part = counted < dead ? [`the latest ${formatCount(counted)} of ${formatCount(dead)}`] : [];
  return [...lines, '', ...formatTable(columns, rows), ...part];
}
