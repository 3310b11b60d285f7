import type { Queue as BullMqQueue } from 'bullmq';
import type { Clock } from '../../domain/clock.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import type { JobPriority, ParsedJob } from '../job.ts';
import type { Enqueued } from '../queue.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import { runScript } from './bull-client.ts';
import { toBullData, toBullOptions } from './bull-job.ts';
import { type BullKeys, classOf, turnsOf } from './bull-keys.ts';
import { TAG_JOBS } from './scripts.generated.ts';

/** What jobs are added with. */
export interface JobAdderSettings {
  readonly clock: Clock;
  readonly retries: RetryPolicy;
  readonly maxWaiting: number;
  readonly maxDead: number;
}

/** What {@link TAG_JOBS} answers instead of a turn. */
const KNOWN = -1;
const DEAD = -2;
const FULL = -3;

/** Jobs that travel together: about a millisecond of the server. */
const MAX_BATCH = 100;

/** Batches under way at once; while they are, further jobs gather for the next one. */
const MAX_UNDER_WAY = 8;

/** What a turn depends on. */
interface Tagged {
  readonly id: string;
  readonly tenant: string;
  readonly priority: JobPriority;
}

interface Offer {
  readonly job: ParsedJob;
  readonly resolve: (answer: Enqueued) => void;
  readonly reject: (error: unknown) => void;
}

/** Adds jobs in two steps, their turns and then themselves, those together that come while others are being added. */
export class JobAdder {
  readonly #client: RedisClient;
  readonly #queue: BullMqQueue;
  readonly #keys: BullKeys;
  readonly #settings: JobAdderSettings;
  #offers: Offer[] = [];
  #underWay = 0;
  #isScheduled = false;
  /** Answers that are waited for, by the id of the job. */
  readonly #pending = new Map<string, Promise<Enqueued>>();

  constructor(
    server: { readonly client: RedisClient; readonly queue: BullMqQueue },
    keys: BullKeys,
    settings: JobAdderSettings,
  ) {
    this.#client = server.client;
    this.#queue = server.queue;
    this.#keys = keys;
    this.#settings = settings;
  }

  /** Adds a job. One with the id of another that is being added here comes to what that one comes to, but is not added again. */
  add(job: ParsedJob): Promise<Enqueued> {
    const earlier = this.#pending.get(job.id);
    if (earlier !== undefined)
      return earlier.then((answer) => (answer === 'added' ? 'known' : answer));
    const answer = this.#offer(job).finally(() => this.#pending.delete(job.id));
    this.#pending.set(job.id, answer);
    return answer;
  }

  /** A turn for a dead job that begins anew, in its class; null where there is no room. */
  async turnAnew(
    id: string,
    { tenant, formerTurn }: { readonly tenant: string; readonly formerTurn: number },
  ): Promise<number | null> {
    const [turn = FULL] = await this.#tag([{ id, tenant, priority: classOf(formerTurn) }], true);
    return turn < 0 ? null : turn;
  }

  #offer(job: ParsedJob): Promise<Enqueued> {
    return new Promise((resolve, reject) => {
      this.#offers.push({ job, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= MAX_UNDER_WAY) return;
    this.#isScheduled = true;
    // Whatever else is offered in the same moment joins in.
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#offers.length > 0 && this.#underWay < MAX_UNDER_WAY) {
      const batch = this.#offers.splice(0, MAX_BATCH);
      this.#underWay += 1;
      this.#addAll(batch)
        .catch((error: unknown) => {
          for (const { reject } of batch) reject(error);
        })
        .finally(() => {
          this.#underWay -= 1;
          if (this.#offers.length > 0) this.#schedule();
        });
    }
  }

  async #addAll(offers: readonly Offer[]): Promise<void> {
    const turns = await this.#tag(
      offers.map(({ job }) => job),
      false,
    );
    const { clock, retries, maxDead } = this.#settings;
    const nowMs = clock.nowMs();
    const jobs = offers.flatMap(({ job }, index) => {
      const turn = turns[index] ?? KNOWN;
      if (turn < 0) return [];
      const opts = toBullOptions(job, { turn, nowMs, retries, maxDead });
      return [{ name: job.kind, data: toBullData(job), opts }];
    });
    const [first] = jobs;
    // One alone needs no transaction around it.
    if (first !== undefined && jobs.length === 1)
      await this.#queue.add(first.name, first.data, first.opts);
    else if (first !== undefined) await this.#queue.addBulk(jobs);
    for (const [index, offer] of offers.entries()) {
      const turn = turns[index];
      if (turn === DEAD) this.#replace(offer);
      else offer.resolve(turn === KNOWN ? 'known' : turn === FULL ? 'full' : 'added');
    }
  }

  /** A job that died would keep its id to itself for as long as it is listed. */
  #replace({ job, resolve, reject }: Offer): void {
    this.#queue
      .remove(job.id)
      .then(() => this.#offer(job))
      .then(resolve, reject);
  }

  /** The turn of each job, or one of the answers above. */
  async #tag(jobs: readonly Tagged[], isRevival: boolean): Promise<readonly number[]> {
    const { failed, prioritized, active, delayed, turns, ages, cancelled } = this.#keys;
    const { clock, maxWaiting } = this.#settings;
    const each = jobs.flatMap(({ id, priority, tenant }) => {
      const { first, last } = turnsOf(priority);
      return [id, `${priority}/${tenant}`, String(first), String(last)];
    });
    const answer = await runScript(this.#client, {
      script: TAG_JOBS,
      keys: [
        failed,
        prioritized,
        active,
        delayed,
        turns,
        ages,
        cancelled,
        ...jobs.map(({ id }) => this.#keys.job(id)),
      ],
      args: [String(clock.nowMs()), String(maxWaiting), isRevival ? '1' : '0', ...each],
    });
    return Array.isArray(answer) ? answer.map(Number) : [];
  }
}
