import { Redis } from 'ioredis';
import type { PrivateCluster } from '../../../scripts/lib/redis/private-cluster.ts';

const MIGRATE_TIMEOUT_MS = 2000;

/** A slot of a cluster on its way from one node to another, moved as `redis-cli --cluster reshard` does. */
export class MovingSlot {
  readonly slot: string;
  readonly #nodes: readonly Redis[];
  readonly #from: Redis;
  readonly #to: Redis;
  readonly #port: string;
  readonly #idOfTarget: string;

  private constructor(parts: {
    readonly slot: string;
    readonly nodes: readonly Redis[];
    readonly from: number;
    readonly port: number;
    readonly idOfTarget: string;
  }) {
    const { slot, nodes, from, port, idOfTarget } = parts;
    const [source, target] = [nodes[from], nodes[(from + 1) % nodes.length]];
    if (source === undefined || target === undefined) throw new Error('There is no such node');
    this.slot = slot;
    this.#nodes = nodes;
    this.#from = source;
    this.#to = target;
    this.#port = String(port);
    this.#idOfTarget = idOfTarget;
  }

  /** Begins to move the slot in which a key is that ends so. */
  static async begin(cluster: PrivateCluster, ending: string): Promise<MovingSlot> {
    const nodes = cluster.nodes.map(({ url }) => new Redis(url));
    const found = await Promise.all(nodes.map((node) => node.keys(`*${ending}`)));
    const from = found.findIndex((keys) => keys.length > 0);
    const to = (from + 1) % nodes.length;
    const ids = await Promise.all(nodes.map((node) => node.call('CLUSTER', 'MYID')));
    const slot = String(await nodes[0]?.call('CLUSTER', 'KEYSLOT', found[from]?.[0] ?? ''));
    const port = cluster.nodes[to]?.port ?? 0;
    const moving = new MovingSlot({ slot, nodes, from, port, idOfTarget: String(ids[to]) });
    await moving.#to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(ids[from]));
    await moving.#from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(ids[to]));
    return moving;
  }

  /** Moves the keys of the slot that contain the text; one that the target has already is an error. */
  async moveKeys(containing = ''): Promise<void> {
    for (const key of await this.#keys()) {
      if (!key.includes(containing)) continue;
      const timeout = String(MIGRATE_TIMEOUT_MS);
      // In order: one key after the other, as an operator sees it.
      await this.#from.call('MIGRATE', '127.0.0.1', this.#port, key, '0', timeout);
    }
  }

  /** Moves what is left, and tells all nodes whose the slot is now. */
  async end(): Promise<void> {
    await this.moveKeys();
    for (const node of [this.#to, this.#from, ...this.#nodes]) {
      // In order: the target first, then the source, as Redis wants it.
      await node.call('CLUSTER', 'SETSLOT', this.slot, 'NODE', this.#idOfTarget);
    }
    for (const node of this.#nodes) node.disconnect();
  }

  async #keys(): Promise<readonly string[]> {
    const keys = await this.#from.call('CLUSTER', 'GETKEYSINSLOT', this.slot, '1000');
    return Array.isArray(keys) ? keys.map(String) : [];
  }
}
