import type { ArgumentSchema } from '../domain/argument-schema.ts';
import type { JsonObject } from '../domain/json.ts';
import { BindingManager } from './binding-manager.ts';
import type { BindingLimits, BindingState } from './binding-manager.ts';
import { BudgetGuard } from './budget-guard.ts';
import type { BudgetCounts } from './budget-guard.ts';
import { toolNamesIn } from './discovered-tools.ts';
import { NumberSources } from './number-sources.ts';
import { PerToolGuard } from './per-tool-guard.ts';
import { PreconditionGuard } from './precondition-guard.ts';
import { ResultCache } from './result-cache.ts';
import type { CacheState, ResultCacheOptions } from './result-cache.ts';
import { numbersInResult } from './result-numbers.ts';
import { RunawayGuard } from './runaway-guard.ts';
import type { RunawayOptions, RunawayState } from './runaway-guard.ts';
import { argumentNumbers, withCallFacts } from './call-facts.ts';
import { DEFAULT_LIMITS } from './runtime-limits.ts';
import type { RuntimeLimits } from './runtime-limits.ts';
import { SchemaGuard } from './schema-guard.ts';
import { SeenNumbers } from './seen-numbers.ts';
import { numbersInText } from './text-numbers.ts';
import type { CallFinished, ToolStateEvent } from './tool-state-event.ts';
import type { ToolClassifier } from './tool-traits.ts';
import { UngroundedGuard } from './ungrounded-guard.ts';
import { applyValueEvent } from './value-event.ts';

/** What a state of tools is made with, besides events. */
export interface ToolStateSettings {
  readonly limits: RuntimeLimits;
  readonly toolLimits: Readonly<Record<string, number>>;
  readonly schemas: Readonly<Record<string, ArgumentSchema>>;
  readonly runaway: RunawayOptions;
  readonly bindings: BindingLimits;
  readonly cache: ResultCacheOptions;
}

/** A state of tools as plain data. */
export interface ToolStateSnapshot {
  readonly version: 1;
  readonly limits: RuntimeLimits;
  readonly bindings: BindingState;
  readonly cache: CacheState;
  /** What tools named; in snapshots of before, what users named too. */
  readonly seenNumbers: readonly number[];
  /** What users named; not there in snapshots of before. */
  readonly userNumbers?: readonly number[] | undefined;
  readonly budget: BudgetCounts;
  readonly discoveredTools: readonly string[];
  readonly perTool: Readonly<Record<string, number>>;
  readonly runaway: RunawayState;
  readonly ungroundedCount: number;
  readonly firstOfPrompt: number;
  /** Not there in snapshots of before. */
  readonly writeCount?: number | undefined;
}

/** Used where nothing else is said. */
export const DEFAULT_SETTINGS: ToolStateSettings = {
  limits: DEFAULT_LIMITS,
  toolLimits: {},
  schemas: {},
  runaway: {},
  bindings: {},
  cache: {},
};

const NO_IDS: readonly string[] = [];
/** So many are looked through faster than a set of them is made. */
const FEW = 8;

/** All that is known of the tools of one conversation: a fold over events, so that it can be made again anywhere. */
export class ToolState {
  readonly classify: ToolClassifier;
  readonly schema: SchemaGuard;
  readonly budget: BudgetGuard;
  readonly perTool: PerToolGuard;
  readonly runaway: RunawayGuard;
  readonly #settings: ToolStateSettings;
  #limits: RuntimeLimits;
  #parts: Parts;
  #firstOfPrompt = 1;
  #writeCount = 0;

  constructor(settings: ToolStateSettings, classify: ToolClassifier) {
    this.#settings = settings;
    this.#limits = settings.limits;
    this.classify = classify;
    this.schema = new SchemaGuard(settings.schemas);
    this.budget = new BudgetGuard(settings.limits, classify);
    const { toolLimits } = settings;
    this.perTool = new PerToolGuard(
      { defaultLimit: settings.limits.perToolCap, toolLimits },
      classify,
    );
    const isAsked = (value: number): boolean => this.#parts.seen.user.has(value);
    this.runaway = new RunawayGuard(settings.runaway, classify, isAsked);
    this.#parts = this.#partsOf(
      new BindingManager(settings.bindings),
      new ResultCache(settings.cache),
      { tools: new SeenNumbers(), user: new SeenNumbers() },
    );
  }

  /** The limits that hold now. */
  get limits(): RuntimeLimits {
    return this.#limits;
  }

  /** Writes that were carried out, or may have been. */
  get writeCount(): number {
    return this.#writeCount;
  }

  /** The named values. */
  get bindings(): BindingManager {
    return this.#parts.bindings;
  }

  /** The results that may be reused. */
  get cache(): ResultCache {
    return this.#parts.cache;
  }

  /** The guard of statistical functions. */
  get precondition(): PreconditionGuard {
    return this.#parts.precondition;
  }

  /** The guard against numbers from nowhere. */
  get ungrounded(): UngroundedGuard {
    return this.#parts.ungrounded;
  }

  /** Whether a number was named by the user, a tool or a binding. */
  isKnownNumber(value: number): boolean {
    return this.#parts.sources.isKnown(value);
  }

  /** The ids of numbers that were computed since the latest message of the user and not used. */
  unusedOfPrompt(): readonly string[] {
    const unused = this.bindings.unusedNumbersById();
    if (unused.size === 0) return NO_IDS;
    return [...unused.keys()].filter((id) => Number(id.slice(1)) >= this.#firstOfPrompt);
  }

  /** The ids of values not used yet whose numbers stand among arguments: to write a value out is to use it. */
  writtenOut(argumentsOfCall: JsonObject): readonly string[] {
    const unused = this.bindings.unusedNumbersById();
    if (unused.size === 0) return NO_IDS;
    const written = new Set(argumentNumbers(argumentsOfCall).map(({ value }) => value));
    if (written.size === 0) return NO_IDS;
    return [...unused].flatMap(([id, number]) => (written.has(number) ? [id] : []));
  }

  /** Takes an event in. */
  apply(event: ToolStateEvent): void {
    switch (event.type) {
      case 'prompt-started':
        this.#startPrompt(event.text);
        return;
      case 'literals-registered':
        this.#parts.seen.user.add(event.numbers);
        return;
      case 'call-started':
        this.budget.recordCall(event.toolName);
        this.perTool.recordCall(event.toolName);
        if (event.isUngrounded) this.ungrounded.recordCall();
        return;
      case 'call-released':
        this.budget.releaseCall(event.toolName);
        this.perTool.releaseCall(event.toolName);
        if (event.isUngrounded) this.ungrounded.releaseCall();
        return;
      case 'call-finished':
        withCallFacts(event.arguments, () => this.#finishCall(event));
        return;
      case 'number-recorded':
        this.runaway.recordNumber(event.value);
        return;
      case 'tool-discovered':
        this.budget.registerDiscoveredTool(event.toolName);
        return;
      case 'limits-changed':
        this.#changeLimits(event.limits);
        return;
      case 'cleared':
        this.#clear();
        return;
      default:
        applyValueEvent(event, this.#parts);
    }
  }

  /** All of it as plain data. */
  snapshot(): ToolStateSnapshot {
    return {
      version: 1,
      limits: this.#limits,
      bindings: this.bindings.toState(),
      cache: this.cache.toState(),
      seenNumbers: this.#parts.seen.tools.all(),
      userNumbers: this.#parts.seen.user.all(),
      budget: this.budget.counts(),
      discoveredTools: this.budget.discoveredTools(),
      perTool: this.perTool.counts(),
      runaway: this.runaway.toState(),
      ungroundedCount: this.ungrounded.count,
      firstOfPrompt: this.#firstOfPrompt,
      writeCount: this.#writeCount,
    };
  }

  /** Goes on from a snapshot, whatever was before. */
  restore(snapshot: ToolStateSnapshot): void {
    this.#parts = this.#partsOf(
      BindingManager.fromState(snapshot.bindings, this.#settings.bindings),
      ResultCache.fromState(snapshot.cache, this.#settings.cache),
      {
        tools: new SeenNumbers(snapshot.seenNumbers),
        user: new SeenNumbers(snapshot.userNumbers),
      },
    );
    this.#changeLimits(snapshot.limits);
    this.budget.clear();
    this.budget.restore(snapshot.budget, snapshot.discoveredTools);
    this.perTool.restore(snapshot.perTool);
    this.runaway.restore(snapshot.runaway);
    this.ungrounded.restore(snapshot.ungroundedCount);
    this.#firstOfPrompt = snapshot.firstOfPrompt;
    this.#writeCount = snapshot.writeCount ?? 0;
  }

  #startPrompt(text: string): void {
    this.budget.resetCounts();
    this.perTool.restore();
    this.runaway.restore();
    this.ungrounded.restore();
    this.#firstOfPrompt = this.bindings.nextNumber;
    if (this.#limits.cacheScope === 'turn') this.cache.forget(() => true);
    this.#parts.seen.user.add(numbersInText(text));
  }

  #finishCall(event: CallFinished): void {
    const { toolName, arguments: args, result, hasFailed, isBound, aliases, nowMs } = event;
    const text = JSON.stringify(result);
    this.runaway.recordCall(event, text);
    this.#noteNumbers(event);
    if (event.isReused === true) return;
    const traits = this.classify(toolName);
    // Before it counts as a write itself.
    const isCurrent = this.#isCurrent(event);
    if (traits.effect === 'write') this.#noteWrite();
    if (hasFailed) return;
    if (traits.isDiscovery) {
      for (const name of toolNamesIn(result)) this.budget.registerDiscoveredTool(name);
    }
    if (traits.isCacheable && isCurrent) this.cache.put(event);
    if (isBound && this.bindings.canBind(result, text)) {
      this.bindings.bindFitting({ toolName, arguments: args, value: result, aliases, nowMs });
    }
  }

  /** What was read before something changed may no longer be so; a write that failed may have changed something too. */
  #noteWrite(): void {
    this.#writeCount += 1;
    this.cache.forget((cached) => this.#canChange(cached.toolName));
  }

  /** Whether nothing was written while a call ran that could have changed its result. */
  #isCurrent({ toolName, writesBefore }: CallFinished): boolean {
    return (
      writesBefore === undefined || writesBefore === this.#writeCount || !this.#canChange(toolName)
    );
  }

  #canChange(toolName: string): boolean {
    return this.classify(toolName).effect !== 'pure';
  }

  /** A tool that repeats its arguments is no source for them. */
  #noteNumbers({ arguments: args, result }: CallFinished): void {
    const numbers = numbersInResult(result);
    if (numbers.length === 0) return;
    const seen = this.#parts.seen.tools;
    const own = argumentNumbers(args);
    if (own.length === 0) {
      seen.add(numbers);
      return;
    }
    if (own.length > FEW) {
      const asked = new Set(own.map(({ value }) => value));
      seen.add(numbers.filter((number) => !asked.has(number)));
      return;
    }
    seen.add(numbers.filter((number) => own.every(({ value }) => value !== number)));
  }

  #changeLimits(limits: RuntimeLimits): void {
    this.#limits = limits;
    this.budget.setLimits(limits);
    this.perTool.setDefaultLimit(limits.perToolCap);
    this.ungrounded.setOptions(ungroundedOptions(limits));
  }

  #clear(): void {
    const { seen } = this.#parts;
    this.#startPrompt('');
    this.budget.clear();
    this.bindings.clear();
    this.cache.clear();
    seen.tools.clear();
    seen.user.clear();
  }

  #partsOf(bindings: BindingManager, cache: ResultCache, seen: Parts['seen']): Parts {
    const sources = new NumberSources(bindings, [seen.user, seen.tools]);
    return {
      bindings,
      cache,
      seen,
      sources,
      precondition: new PreconditionGuard(sources, this.classify),
      ungrounded: new UngroundedGuard(ungroundedOptions(this.#limits), {
        bindings,
        sources,
        classify: this.classify,
      }),
    };
  }
}

interface Parts {
  readonly bindings: BindingManager;
  readonly cache: ResultCache;
  /** Apart, so that long results do not push out what users named. */
  readonly seen: { readonly tools: SeenNumbers; readonly user: SeenNumbers };
  readonly sources: NumberSources;
  readonly precondition: PreconditionGuard;
  readonly ungrounded: UngroundedGuard;
}

function ungroundedOptions({ requireBindings, ungroundedGraceCalls }: RuntimeLimits): {
  readonly mode: RuntimeLimits['requireBindings'];
  readonly graceCalls: number;
} {
  return { mode: requireBindings, graceCalls: ungroundedGraceCalls };
}
