import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pagefold, Store, ToolContext, ToolResult } from '../../../src/index.ts';
import { createMemoryStore, openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';

/** What an attempt of a call does. */
const OUTCOMES = ['works', 'fails', 'is refused', 'is slow'] as const;
type Outcome = (typeof OUTCOMES)[number];

interface PlannedCall {
  readonly toolName: 'pay' | 'read';
  /** What its attempts do, in their order; later ones work. */
  readonly outcomes: readonly Outcome[];
}

interface Step {
  readonly answer: number;
  /** Whether the process dies afterwards, and another one goes on. */
  readonly dies: boolean;
  /** Writes that the store takes before it fails; null for all of them. */
  readonly writes: number | null;
  /** Whether it takes the others as well, and only their replies are lost. */
  readonly isLossy: boolean;
  /** Turns of the loop before the caller gives up; null for never. */
  readonly patience: number | null;
  /** Turns of the loop after which the same answer is given once more beside the first; null for never. */
  readonly again: number | null;
  /** Whether so much is recorded afterwards that the session forgets the key of the answer. */
  readonly forgets: boolean;
}

const plannedCall: fc.Arbitrary<PlannedCall> = fc.record({
  toolName: fc.constantFrom('pay', 'read'),
  outcomes: fc.array(fc.constantFrom(...OUTCOMES), { maxLength: 3 }),
});
const answers = fc.array(fc.array(plannedCall, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 3,
});
const someTurns = fc.option(fc.integer({ min: 0, max: 6 }), { freq: 1 });
const step: fc.Arbitrary<Step> = fc.record({
  answer: fc.nat({ max: 2 }),
  dies: fc.boolean(),
  writes: someTurns,
  isLossy: fc.boolean(),
  patience: someTurns,
  again: someTurns,
  forgets: fc.oneof(
    { weight: 9, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

/** A call that is paid for, and cannot be recorded, as an example. */
const PAY: PlannedCall = { toolName: 'pay', outcomes: [] };

/** An answer that is given once, with nothing in the way. */
const PLAIN: Step = {
  answer: 0,
  dies: false,
  writes: null,
  isLossy: false,
  patience: null,
  again: null,
  forgets: false,
};

/** A world in which tools are run: what they did outlives every process. */
class World {
  readonly store: Store = createMemoryStore();
  /** Attempts and deeds by the id of a call. */
  readonly attempts = new Map<string, number>();
  readonly deeds = new Map<string, number>();
  readonly #planned: ReadonlyMap<string, PlannedCall>;
  #writesLeft: number | null = null;
  #isLossy = false;

  constructor(planned: readonly (readonly PlannedCall[])[]) {
    this.#planned = new Map(
      planned.flatMap((calls, answer) =>
        calls.map((call, at) => [idOf(answer, at), call] as const),
      ),
    );
  }

  allow(writes: number | null, isLossy: boolean): void {
    this.#writesLeft = writes;
    this.#isLossy = isLossy;
  }

  /** A store as one process sees it: it fails when its writes are used up, and for good when the process dies. */
  storeOf(process: { isDead: boolean }): Store {
    return new Proxy(this.store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const run = (given: unknown[]): unknown => Reflect.apply(member, target, given);
        if (name !== 'append') return (...given: unknown[]) => run(given);
        return async (...given: unknown[]): Promise<unknown> => {
          if (process.isDead) throw new Error('disk full');
          const isTold = this.#mayWrite();
          const reply = isTold || this.#isLossy ? await run(given) : null;
          if (!isTold) throw new Error('disk full, or socket hang up');
          return reply;
        };
      },
    });
  }

  async execute({ callId, signal }: ToolContext): Promise<string> {
    const id = callId ?? '';
    const attempt = this.attempts.get(id) ?? 0;
    this.attempts.set(id, attempt + 1);
    const outcome = this.#planned.get(id)?.outcomes[attempt] ?? 'works';
    if (outcome === 'is refused') throw Object.assign(new Error('too many'), { status: 429 });
    this.deeds.set(id, (this.deeds.get(id) ?? 0) + 1);
    if (outcome === 'is slow') await turns(4);
    signal.throwIfAborted();
    if (outcome === 'fails') throw new Error('broken');
    return `result of ${id}`;
  }

  #mayWrite(): boolean {
    if (this.#writesLeft === null) return true;
    this.#writesLeft -= 1;
    return this.#writesLeft >= 0;
  }
}

function idOf(answer: number, at: number): string {
  return `c${answer}-${at}`;
}

async function turns(count: number): Promise<void> {
  // In order: each turn of the loop is one chance for everybody else.
  for (let turn = 0; turn < count; turn += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

interface Running {
  readonly pagefold: Pagefold;
  readonly processor: SessionAwareToolProcessor;
  readonly life: { isDead: boolean };
}

async function start(world: World): Promise<Running> {
  const life = { isDead: false };
  const pagefold = await openPagefold({
    store: world.storeOf(life),
    tokens: 'estimate',
    limits: { retryHorizonMs: 1, retryFirstMs: 1, retryMaxMs: 1 },
  });
  const retry = { baseDelayMs: 0, hasJitter: false, maxRetries: 2 };
  const execute = (_args: object, context: ToolContext) => world.execute(context);
  const processor = await SessionAwareToolProcessor.create(pagefold.session('s'), {
    tools: { pay: { execute, effect: 'write', retry }, read: { execute, effect: 'read', retry } },
    maxParallel: 2,
    guards: { limits: { executionBudget: 999, toolBudgetTotal: 999 } },
  });
  return { pagefold, processor, life };
}

function messageOf(calls: readonly PlannedCall[], answer: number): object {
  return {
    tool_calls: calls.map(({ toolName }, at) => ({
      id: idOf(answer, at),
      function: { name: toolName, arguments: JSON.stringify({ answer, at }) },
    })),
  };
}

/** Records more idempotency keys than a session remembers. */
async function forgetKeys({ pagefold }: Running, round: number): Promise<void> {
  for (let index = 0; index < 256; index += 1)
    // In order: a session records one after the other anyway.
    await pagefold.session('s').aiResponds('…', { idempotencyKey: `${round}-${index}` });
}

async function give(
  { processor }: Running,
  message: object,
  patience: number | null,
): Promise<readonly ToolResult[] | null> {
  const controller = new AbortController();
  const running = processor.processLlmMessage(message, { signal: controller.signal });
  const settled = running.then(
    (results) => results,
    () => null,
  );
  if (patience !== null) {
    await turns(patience);
    controller.abort();
  }
  return settled;
}

describe('SessionAwareToolProcessor', () => {
  test('G-112, G-117, G-W78: whatever fails, is given up or dies, no call does its deed twice, and results come in the order of the calls', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.array(step, { maxLength: 5 }), async (planned, steps) => {
        const world = new World(planned);
        const first = await openPagefold({ store: world.store, tokens: 'estimate' });
        await first.session('s').userSays('go');
        await first.close();
        let running = await start(world);
        const all: Running[] = [running];
        for (const [round, given] of steps.entries()) {
          const { answer, dies, writes, isLossy, patience, again, forgets } = given;
          const calls = planned[answer % planned.length]!;
          world.allow(writes, isLossy);
          // In order: the same answers come again, in this process or the next one.
          const message = messageOf(calls, answer % planned.length);
          const beside =
            again === null ? null : turns(again).then(() => give(running, message, null));
          const results = await give(running, message, patience);
          await beside;
          world.allow(null, false);
          const ids = calls.map((_, at) => idOf(answer % planned.length, at));

          expect((results ?? []).map(({ callId }) => callId)).toEqual(results === null ? [] : ids);

          if (dies) {
            running.life.isDead = true;
            running = await start(world);
            all.push(running);
          }
          if (forgets) await forgetKeys(running, round);
        }
        const isPlain = steps.every(({ dies, patience }) => !dies && patience === null);
        await checkAll(world, { running, isPlain }, planned);
        await Promise.all(all.map(({ pagefold }) => pagefold.close({ timeoutMs: 10 })));
      }),
      {
        numRuns: 40,
        examples: [
          [[[PAY]], [{ ...PLAIN, writes: 1 }]],
          [[[PAY]], [{ ...PLAIN, writes: 0, isLossy: true }]],
          [[[PAY]], [{ ...PLAIN, writes: 0, isLossy: true, again: 2 }]],
          [[[PAY]], [{ ...PLAIN, writes: 0, isLossy: true, dies: true }]],
          [[[PAY]], [{ ...PLAIN, writes: 1, dies: true, forgets: true }]],
        ],
      },
    );
  });
});

/** Every answer once more, with nothing in the way. */
async function checkAll(
  world: World,
  { running, isPlain }: { readonly running: Running; readonly isPlain: boolean },
  planned: readonly (readonly PlannedCall[])[],
): Promise<void> {
  for (const [answer, calls] of planned.entries()) {
    const results = (await give(running, messageOf(calls, answer), null)) ?? [];
    const again = (await give(running, messageOf(calls, answer), null)) ?? [];
    const ids = calls.map((_, at) => idOf(answer, at));
    const paid = ids.filter((_, at) => calls[at]?.toolName === 'pay');
    // What ran and could not be recorded is kept for as long as the process lives.
    const sure = isPlain ? ids.filter((_, at) => calls[at]?.outcomes.every(isSuccess)) : [];
    const succeeded = results.filter(({ status }) => status === 'succeeded');

    expect(results.map(({ callId }) => callId)).toEqual(ids);
    expect(again.map(({ status }) => status)).toEqual(results.map(({ status }) => status));
    expect(succeeded.map(({ value }) => value)).toEqual(
      succeeded.map(({ callId }) => `result of ${callId}`),
    );
    expect(succeeded.map(({ callId }) => callId)).toEqual(expect.arrayContaining(sure));
    expect(paid.filter((id) => (world.deeds.get(id) ?? 0) > 1)).toEqual([]);
  }
  const recorded: unknown[] = [];
  const { events } = running.pagefold.session('s');
  for await (const { message } of events.list({ types: ['tool_call'] }))
    recorded.push((message as { readonly callId?: unknown }).callId);

  expect(recorded).toHaveLength(new Set(recorded).size);
}

function isSuccess(outcome: Outcome): boolean {
  return outcome === 'works' || outcome === 'is slow';
}
