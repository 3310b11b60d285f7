import type { Revival } from '../../queue/revive-all.ts';
import { formatCount } from './figures.ts';

/** What is said of dead jobs that were to begin anew, and of those that are left. */
export function revivalText(
  { revived, failed }: Pick<Revival, 'revived' | 'failed'>,
  left: number,
): string {
  return [
    `${formatCount(revived)} begun anew`,
    ...(failed > 0 ? [`${formatCount(failed)} could not`] : []),
    ...(left > 0 ? [`${formatCount(left)} left`] : []),
  ].join(', ');
}
