import { DURATION_BOUNDS_S, type KindFigures } from '../../queue/job-meter.ts';
import type { QueueFigures } from '../../queue/queue.ts';

/** The content type of the text, version 0.0.4 of the exposition format of Prometheus. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [name: string, labels: Labels, value: number];

/** What is known of a queue and of the jobs of this process, for Prometheus. `figures` is null where the queue did not answer. */
export function metricsText(
  queue: { readonly name: string; readonly figures: QueueFigures | null },
  kinds: readonly KindFigures[],
): string {
  const label = { queue: queue.name };
  const families = [
    family(
      ['pagefold_queue_up', 'gauge', 'Whether the queue answered.'],
      [['', label, queue.figures === null ? 0 : 1]],
    ),
    ...(queue.figures === null ? [] : queueFamilies(label, queue.figures)),
    family(
      ['pagefold_jobs_running', 'gauge', 'Jobs that this process is doing.'],
      kinds.map(({ kind, running }) => ['', { ...label, kind }, running]),
    ),
    family(
      ['pagefold_job_tries_total', 'counter', 'Tries of jobs that ended in this process, by how.'],
      kinds.flatMap(({ kind, tries }) =>
        Object.entries(tries).map(([outcome, count]): Sample => {
          return ['', { ...label, kind, outcome }, count];
        }),
      ),
    ),
    family(
      [
        'pagefold_job_duration_seconds',
        'histogram',
        'How long tries of jobs took in this process.',
      ],
      kinds.flatMap((figures) => durations(label, figures)),
    ),
  ];
  return `${families.flat().join('\n')}\n`;
}

function queueFamilies(label: Labels, figures: QueueFigures): readonly (readonly string[])[] {
  const { waiting, delayed, running, dead, oldestAgeMs } = figures;
  const states = Object.entries({ waiting, delayed, running, dead });
  return [
    family(
      ['pagefold_queue_jobs', 'gauge', 'Jobs in the queue of all processes, by state.'],
      states.map(([state, count]) => ['', { ...label, state }, count]),
    ),
    family(
      [
        'pagefold_queue_oldest_age_seconds',
        'gauge',
        'How long the oldest job has waited that was never begun; 0 without one.',
      ],
      [['', label, (oldestAgeMs ?? 0) / 1000]],
    ),
  ];
}

function durations(label: Labels, figures: KindFigures): readonly Sample[] {
  const { kind, within, tries, totalSeconds } = figures;
  const labels = { ...label, kind };
  const count = tries.done + tries.failed + tries.hopeless;
  const buckets = DURATION_BOUNDS_S.map((bound, index): Sample => {
    return ['_bucket', { ...labels, le: String(bound) }, within[index] ?? 0];
  });
  return [
    ...buckets,
    ['_bucket', { ...labels, le: '+Inf' }, count],
    ['_sum', labels, totalSeconds],
    ['_count', labels, count],
  ];
}

function family(
  [name, type, help]: readonly [
    name: string,
    type: 'gauge' | 'counter' | 'histogram',
    help: string,
  ],
  samples: readonly Sample[],
): readonly string[] {
  if (samples.length === 0) return [];
  const lines = samples.map(([suffix, labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
    return `${name}${suffix}{${pairs.join(',')}} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
