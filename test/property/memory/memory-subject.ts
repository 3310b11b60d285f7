import assert from 'node:assert/strict';
import type { MemoryManager } from '../../../src/memory/manager/memory-manager.ts';
import type { ManagerSnapshot } from '../../../src/memory/manager/manager-snapshot.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { aMemory, aVault, contextOf } from '../../lib/memories.ts';
import type { MemoryCommand } from '../../lib/memory-commands.ts';
import { NaiveMemory } from '../../lib/naive-memory.ts';

const MAX_TOKENS = 1_000;
const MAX_L1_PAGES = 4;

/** What kind of memory it is. */
export interface Setup {
  readonly isFolding: boolean;
  readonly hasVault: boolean;
}

/** A memory beside the naive one. */
export class Subject {
  readonly model: NaiveMemory = new NaiveMemory();
  memory: MemoryManager;
  readonly #isFolding: boolean;
  #created = 0;

  constructor(kernel: Kernel, { isFolding, hasVault }: Setup) {
    this.#isFolding = isFolding;
    this.memory = aMemory({
      kernel,
      config: {
        maxL0Tokens: MAX_TOKENS,
        reservedTokens: 0,
        maxL1Pages: MAX_L1_PAGES,
        maxL2Pages: 6,
      },
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
        assert.equal(this.model.leave(left, { isRun: false }), null);
        return;
      }
      case 'fork': {
        const before = comparable(this.memory.snapshot());
        const forked = this.memory.fork();
        this.memory.close();
        this.memory = forked;
        assert.deepEqual(comparable(forked.snapshot()), before);
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
    assert.equal(model.leave(outcome.evicted, { isRun: true }), null);
    if (outcome.isInContext) model.join(id);
    // A page gets in unless what is pinned leaves no room for it.
    if (!outcome.isInContext) assert.deepEqual(outcome.evicted, []);
    if (!wasThere && page.tokens <= roomBesides) assert.equal(outcome.isInContext, true);
    if (!this.#isFolding && !wasThere)
      assert.equal(outcome.isInContext, page.tokens <= roomBesides);
  }

  async #turn(): Promise<void> {
    const mark = this.memory.history.total;
    this.model.turn += 1;
    const { turn } = await this.memory.newTurn();
    assert.equal(turn, this.model.turn);
    this.#replay(mark);
  }

  /** What happened by itself, from the log: it must not have touched what has to stay. */
  #replay(mark: number): void {
    for (const { pageId, type, tierAfter } of this.memory.history.all().slice(mark)) {
      if (type === 'evict' && this.model.context.includes(pageId))
        assert.equal(this.model.leave([pageId], { isRun: false }), null);
      if (type === 'fault_in' && tierAfter === 'L0')
        this.model.load(pageId, this.memory.page(pageId)?.tokens ?? 0);
    }
  }

  async #build({ maxTokens, question }: Extract<MemoryCommand, { kind: 'build' }>): Promise<void> {
    const built = await this.memory.buildContext({ maxTokens, question });
    assert.ok(built.tokens <= maxTokens);
    assert.ok(built.developerTokens <= maxTokens);
  }

  async #onPage(
    id: string,
    command: Exclude<
      MemoryCommand,
      { kind: 'create' | 'turn' | 'segment' | 'fork' | 'prePass' | 'build' }
    >,
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
        assert.equal(memory.unpinPage(id), page.isPinned);
        page.isPinned = false;
        return;
      case 'delete':
        assert.equal(memory.deletePage(id), true);
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
        assert.throws(() => memory.createPage('other', { pageId: id }), /pageId/);
        return;
      case 'compress':
        await memory.compressPage(id, command.level);
        return;
      case 'evict': {
        const { isEvicted, refusal } = await memory.evictPage(id, command.tier);
        assert.equal(refusal === 'pinned', page.isPinned);
        if (isEvicted && model.context.includes(id))
          assert.equal(model.leave([id], { isRun: false }), null);
        else if (isEvicted) page.freshTurn = model.turn;
        return;
      }
      case 'fault':
      case 'userFault': {
        const actor = command.kind === 'fault' ? 'model' : 'user';
        const outcome = await memory.handleFault(id, { level: command.level, actor });
        if (outcome.kind !== 'loaded') return;
        if (outcome.level === 0) assert.equal(outcome.text, page.text);
        assert.equal(model.leave(outcome.evictions, { isRun: true }), null);
        if (outcome.isPromoted) model.load(id, outcome.tokens);
        assert.equal(outcome.tier === 'L0', model.context.includes(id));
        return;
      }
    }
  }

  /** What has to hold at any time. */
  check(): void {
    const { memory, model } = this;
    assert.deepEqual(contextOf(memory), model.context);
    assert.deepEqual(memory.health().findings, []);
    const sum = memory.getL0Pages().reduce((total, { tokens }) => total + tokens, 0);
    const stats = memory.getStats();
    assert.equal(stats.workingSet?.tokensUsed, sum);
    assert.ok(sum <= MAX_TOKENS);
    assert.ok((stats.workingSet?.l1Pages ?? 0) <= MAX_L1_PAGES);
    assert.equal(stats.pageTable?.totalPages, model.pages.size);
    assert.deepEqual(stats.metrics?.pagesByTier, stats.pageTable?.pagesByTier);
  }

  /** All that pages held can still be had. */
  async checkContents(): Promise<void> {
    for (const [id, { text }] of this.model.pages)
      assert.equal((await this.memory.readPage(id))?.content, text);
  }
}

/** Pages are numbered anew in a fork, which says nothing but their order. */
function comparable({ workingSet, ...rest }: ManagerSnapshot): unknown {
  const pages = workingSet.pages.map((facts) => ({ ...facts, created: 0 }));
  return { ...rest, sessionId: null, workingSet: { ...workingSet, pages } };
}

/** Runs a command on a page that is there when it starts, whatever comes of it. */
export async function overlap(memory: MemoryManager, command: MemoryCommand): Promise<void> {
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
      assert.ok((await memory.buildContext({ maxTokens, question })).tokens <= maxTokens);
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
