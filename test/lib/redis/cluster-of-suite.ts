import { afterAll, beforeAll } from 'vitest';
import {
  type PrivateCluster,
  startPrivateCluster,
} from '../../../scripts/lib/redis/private-cluster.ts';

/** A cluster for the tests of a file, which ends with them; gives its address once they have begun. */
export function clusterOfSuite(): () => string {
  let cluster: PrivateCluster;
  beforeAll(async () => {
    cluster = await startPrivateCluster();
  });
  afterAll(() => cluster.close());
  return () => cluster.url;
}
