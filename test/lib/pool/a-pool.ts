import { onTestFinished } from 'vitest';
import { type DyingPool, type DyingPoolOptions, openDyingPool } from './dying-pool.ts';

/** A pool of one test, closed when the test is over. */
export function aPool(options: DyingPoolOptions = {}): DyingPool {
  const pool = openDyingPool(options);
  onTestFinished(() => pool.close());
  return pool;
}
