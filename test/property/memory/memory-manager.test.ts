import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MemoryManager } from '../../../src/memory/manager/memory-manager.ts';
import type { ManagerSnapshot } from '../../../src/memory/manager/manager-snapshot.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { foldMutations } from '../../../src/memory/journal/memory-fold.ts';
import { aMemory, aVault, contextOf } from '../../lib/memories.ts';
import { makeKernel } from '../../lib/kernels.ts';
import { memoryCommand, type MemoryCommand } from '../../lib/memory-commands.ts';
import { NaiveMemory } from '../../lib/naive-memory.ts';

/** More of them in one go: `FC_RUNS=10000 npx vitest run --project property test/property/memory/memory-manager.test.ts`. */
const RUNS = Number(process.env['FC_RUNS'] ?? 300);
const TIMEOUT_MS = Math.max(60_000, RUNS * 400);
const MAX_TOKENS = 1_000;

const KERNELS: readonly Kernel[] = [makeKernel('js'), makeKernel('simd')];

interface Setup {
  readonly isFolding: boolean;
  readonly hasVault: boolean;
}

/** A memory beside the naive one. */
class Subject {
  readonly model = new NaiveMemory();
  memory: MemoryManager;
  readonly #isFolding: boolean;
  #created = 0;

  constructor(kernel: Kernel, { isFolding, hasVault }: Setup) {
    this.#isFolding = isFolding;
    this.memory = aMemory({
      kernel,
      config: { maxL0Tokens: MAX_TOKENS, reservedTokens: 0, maxL1Pages: 4, maxL2Pages: 6 },
      countTokens: (text) => Math.ceil(text.length / 4),
      mode: 'passive',
      ...(isFolding ? {} : { compressors: null }),
      ...(hasVault ? { vault: aVault() } : {}),
    });
  }

  async run(command: MemoryCommand): Promise<void> {
    switch (command.kind) {
      case 'create':
        return this.#create(command);
      case 'turn':
        return this.#turn();
      case 'segment': {
        const left = await this.memory.evictSegmentPages();
        expect(this.model.leave(left, { isRun: false })).toBeNull();
        return;
      }
      case 'fork': {
        const before = comparable(this.memory.snapshot());
        const forked = this.memory.fork();
        this.memory.close();
        this.memory = forked;
        expect(comparable(forked.snapshot())).toEqual(before);
        return;
      }
      case 'prePass': {
        const mark = this.memory.history.total;
        await this.memory.demandPrePass(command.words);
        this.#replay(mark);
        return;
      }
      case 'build':
        return this.#build(command);
      default: {
        const id = [...this.model.pages.keys()].at(command.pick % (this.model.pages.size || 1));
        if (id !== undefined) await this.#onPage(id, command);
      }
    }
  }

  async #create(command: Extract<MemoryCommand, { kind: 'create' }>): Promise<void> {
    this.#created += 1;
    const { text, pageType, role, sizeTokens, importance } = command;
    const pageId = `p${this.#created}`;
    this.memory.createPage(text, { pageId, pageType, role, sizeTokens, importance });
    const { tokens, pin } = this.memory.page(pageId)!;
    const isPinned = pin === 'page';
    this.model.pages.set(pageId, { text, tokens, isPinned, freshTurn: -1 });
    if (command.isAdded) await this.#add(pageId);
  }

  async #add(id: string): Promise<void> {
    const { model } = this;
    const page = model.pages.get(id)!;
    const wasThere = model.context.includes(id);
    const roomBesides = MAX_TOKENS - model.pinnedTokens;
    const outcome = await this.memory.addToWorkingSet(id);
    expect(model.leave(outcome.evicted, { isRun: true })).toBeNull();
    if (outcome.isInContext) model.join(id);
    // A page gets in unless what is pinned leaves no room for it.
    if (!outcome.isInContext) expect(outcome.evicted).toEqual([]);
    if (!wasThere && page.tokens <= roomBesides) expect(outcome.isInContext).toBe(true);
    if (!this.#isFolding && !wasThere)
      expect(outcome.isInContext).toBe(page.tokens <= roomBesides);
  }

  async #turn(): Promise<void> {
    const mark = this.memory.history.total;
    this.model.turn += 1;
    const { turn } = await this.memory.newTurn();
    expect(turn).toBe(this.model.turn);
    this.#replay(mark);
  }

  /** What happened by itself, from the log: it must not have touched what has to stay. */
  #replay(mark: number): void {
    for (const { pageId, type, tierAfter } of this.memory.history.all().slice(mark)) {
      if (type === 'evict' && this.model.context.includes(pageId))
        expect(this.model.leave([pageId], { isRun: false })).toBeNull();
      if (type === 'fault_in' && tierAfter === 'L0') this.model.load(pageId);
    }
  }

  async #build({
    maxTokens,
    question,
  }: Extract<MemoryCommand, { kind: 'build' }>): Promise<void> {
    const built = await this.memory.buildContext({ maxTokens, question });
    expect(built.tokens).toBeLessThanOrEqual(maxTokens);
    expect(built.developerTokens).toBeLessThanOrEqual(maxTokens);
  }

  async #onPage(
    id: string,
    command: Exclude<MemoryCommand, { kind: 'create' | 'turn' | 'segment' | 'fork' }>,
  ): Promise<void> {
    const { memory, model } = this;
    const page = model.pages.get(id)!;
    switch (command.kind) {
      case 'add':
        return this.#add(id);
      case 'pin':
        memory.pinPage(id);
        page.isPinned = true;
        return;
      case 'unpin':
        expect(memory.unpinPage(id)).toBe(page.isPinned);
        page.isPinned = false;
        return;
      case 'delete':
        expect(memory.deletePage(id)).toBe(true);
        model.context = model.context.filter((other) => other !== id);
        model.pages.delete(id);
        return;
      case 'importance':
        memory.setImportance(id, (command.pick % 3) / 2);
        return;
      case 'tool':
        memory.toolUsed(`tool_${command.pick % 3}`);
        return;
      case 'duplicate':
        expect(() => memory.createPage('other', { pageId: id })).toThrow('pageId');
        return;
      case 'compress':
        await memory.compressPage(id, command.level);
        return;
      case 'evict': {
        const { isEvicted, refusal } = await memory.evictPage(id, command.tier);
        expect(refusal === 'pinned').toBe(page.isPinned);
        if (isEvicted && model.context.includes(id))
          expect(model.leave([id], { isRun: false })).toBeNull();
        else if (isEvicted) page.freshTurn = model.turn;
        return;
      }
      case 'fault':
      case 'userFault': {
        const actor = command.kind === 'fault' ? 'model' : 'user';
        const outcome = await memory.handleFault(id, { level: command.level, actor });
        if (outcome.kind !== 'loaded') return;
        if (outcome.level === 0) expect(outcome.text).toBe(page.text);
        expect(model.leave(outcome.evictions, { isRun: true })).toBeNull();
        if (outcome.isPromoted) model.load(id);
        expect(outcome.tier === 'L0').toBe(model.context.includes(id));
        return;
      }
    }
  }

  /** What has to hold at any time. */
  check(): void {
    const { memory, model } = this;
    expect(contextOf(memory)).toEqual(model.context);
    expect(memory.health().findings).toEqual([]);
    const sum = memory.getL0Pages().reduce((total, { tokens }) => total + tokens, 0);
    const stats = memory.getStats();
    expect(stats.workingSet?.tokensUsed).toBe(sum);
    expect(sum).toBeLessThanOrEqual(MAX_TOKENS);
    expect(stats.pageTable?.totalPages).toBe(model.pages.size);
    expect(stats.metrics?.pagesByTier).toEqual(stats.pageTable?.pagesByTier);
  }

  /** All that pages held can still be had. */
  async checkContents(): Promise<void> {
    for (const [id, { text }] of this.model.pages)
      expect((await this.memory.readPage(id))?.content).toBe(text);
  }
}

const setup: fc.Arbitrary<Setup> = fc.record({ isFolding: fc.boolean(), hasVault: fc.boolean() });

describe('MemoryManager', () => {
  test(
    'M-95: M-184: M-W02: M-W16: M-W33: agrees with a naive memory, on both kernels alike',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          setup,
          fc.array(memoryCommand, { minLength: 5, maxLength: 40 }),
          async (how, commands) => {
            const told: unknown[] = [];
            for (const kernel of KERNELS) {
              const subject = new Subject(kernel, how);
              for (const command of commands) {
                await subject.run(command);
                subject.check();
              }
              const { history } = subject.memory;
              const isAllKept = !commands.some(({ kind }) => kind === 'fork');
              if (isAllKept) expect(foldMutations(history.all())).toEqual(history.state());
              told.push([subject.memory.snapshot(), history.all()]);
              await subject.checkContents();
              subject.memory.close();
            }
            expect(told[0]).toEqual(told[1]);
          },
        ),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'M-113: M-147: M-196: M-W32: M-W33: M-W34: calls that overlap leave nothing undone, lost or counted twice',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          setup,
          fc.array(memoryCommand, { minLength: 5, maxLength: 15 }),
          fc.array(fc.array(memoryCommand, { minLength: 2, maxLength: 8 }), { maxLength: 4 }),
          async (how, commands, bursts) => {
            const subject = new Subject(KERNELS[0]!, how);
            for (const command of commands) await subject.run(command);
            const { memory, model } = subject;
            for (const burst of bursts) {
              await Promise.all(burst.filter(isSafe).map((command) => overlap(memory, command)));
              expect(memory.health().findings).toEqual([]);
              for (const [id, { text }] of model.pages) {
                const page = await memory.readPage(id);
                if (memory.page(id) !== null) expect(page?.content).toBe(text);
              }
            }
            memory.close();
          },
        ),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});

/** Pages are numbered anew in a fork, which says nothing but their order. */
function comparable({ sessionId: _, workingSet, ...rest }: ManagerSnapshot): unknown {
  const pages = workingSet.pages.map(({ created: __, ...facts }) => facts);
  return { ...rest, workingSet: { ...workingSet, pages } };
}

/** Commands that need no turn of their own. */
function isSafe({ kind }: MemoryCommand): boolean {
  return kind !== 'fork' && kind !== 'create' && kind !== 'duplicate';
}

/** Runs a command on a page that is there when it starts, whatever comes of it. */
async function overlap(memory: MemoryManager, command: MemoryCommand): Promise<void> {
  const ids = [...memory.history.state().pages.keys()];
  const id = 'pick' in command ? ids.at(command.pick % (ids.length || 1)) : undefined;
  switch (command.kind) {
    case 'turn':
      await memory.newTurn();
      return;
    case 'segment':
      await memory.evictSegmentPages('L3');
      return;
    case 'prePass':
      await memory.demandPrePass(command.words);
      return;
    case 'build': {
      const { maxTokens, question } = command;
      expect((await memory.buildContext({ maxTokens, question })).tokens).toBeLessThanOrEqual(
        maxTokens,
      );
      return;
    }
    default:
      if (id !== undefined && memory.page(id) !== null) await onPage(memory, id, command);
  }
}

async function onPage(memory: MemoryManager, id: string, command: MemoryCommand): Promise<void> {
  switch (command.kind) {
    case 'add':
      await memory.addToWorkingSet(id);
      return;
    case 'delete':
      memory.deletePage(id);
      return;
    case 'pin':
      memory.pinPage(id);
      return;
    case 'unpin':
      memory.unpinPage(id);
      return;
    case 'evict':
      await memory.evictPage(id, command.tier);
      return;
    case 'compress':
      await memory.compressPage(id, command.level);
      return;
    case 'fault':
    case 'userFault':
      await memory.handleFault(id, { level: command.level, actor: 'user' });
      return;
    default:
      return;
  }
}
