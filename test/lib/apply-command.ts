import type { PageFlag, PinFlag, SlotIndex } from '../../src/kernel/working-set/page-kinds.ts';
import type { ChangeOutcome, WorkingSet } from '../../src/kernel/working-set/working-set.ts';
import type { NaiveWorkingSet } from './naive-working-set.ts';
import type { WorkingSetCommand } from './working-set-commands.ts';

type NumberCommand = Extract<WorkingSetCommand, { kind: 'number' }>;

const LOWER = ['L1', 'L2', 'L3', 'L4'] as const;
const LEVELS = [0, 1, 2, 3] as const;
const PINS: readonly PinFlag[] = ['pinnedExplicitly', 'pinnedByRule', 'pinnedByPage'];
const FLAGS: readonly PageFlag[] = ['dirty', 'resident', 'stored', 'pinnedByRule'];

function among<Item>(items: readonly Item[], value: number): Item {
  return items[value % items.length]!;
}

/** Makes one call of a working set; the answer is what another set has to give as well. */
export function applyCommand(
  set: WorkingSet,
  command: WorkingSetCommand,
  model: NaiveWorkingSet,
): unknown {
  if (command.kind === 'add') return set.add(command.page);
  if (command.kind === 'turn') return set.advanceTurn();
  if (command.kind === 'policy') return set.setPolicy(command.policy);
  if (command.kind === 'budget') return set.setBudget(command.totalTokens, command.reservedTokens);
  const slot = pickSlot(command, model);
  return slot === undefined ? undefined : applyToPage(set, command, slot);
}

/** Makes the same call of the model, which has to be made after the others, and returns the answer it expects. */
export function applyToModel(
  model: NaiveWorkingSet,
  command: WorkingSetCommand,
  answer: unknown,
): unknown {
  switch (command.kind) {
    case 'add': {
      if (!model.fits(command.page)) return undefined;
      // Which slot it is, is the choice of the kernels.
      model.add(command.page, answer as SlotIndex);
      return answer;
    }
    case 'turn':
      model.turn += 1;
      return model.turn;
    case 'policy':
      model.policy = command.policy;
      return undefined;
    case 'budget':
      return model.setBudget(command.totalTokens, command.reservedTokens);
    case 'number': {
      const slot = pickSlot(command, model);
      return slot === undefined ? undefined : applyToModelPage(model, command, slot);
    }
  }
}

/** Calls on a page that make no sense for it are turned to one for which they do. */
function pickSlot({ call, pick }: NumberCommand, model: NaiveWorkingSet): SlotIndex | undefined {
  const slots = call === 'renew' ? model.order.L0 : [...model.pages.keys()];
  return slots.length === 0 ? undefined : among(slots, pick);
}

function applyToPage(set: WorkingSet, { call, value }: NumberCommand, slot: SlotIndex): unknown {
  switch (call) {
    case 'admit':
      return set.admit(slot, value);
    case 'touch':
      return set.touch(slot, value);
    case 'renew':
      return set.renew(slot);
    case 'move':
      return set.moveTo(slot, among(LOWER, value));
    case 'evict':
      return set.evictTo(slot, among(LOWER, value));
    case 'protect':
      return set.protect(slot);
    case 'pin':
      return set.pin(slot, among(PINS, value));
    case 'unpin':
      return set.unpin(slot);
    case 'clear-pins':
      return set.clearPins(among(PINS, value));
    case 'set-flag':
      return set.setFlag(slot, among(FLAGS, value));
    case 'clear-flag':
      return set.clearFlag(slot, among(FLAGS, value));
    case 'importance':
      return set.setImportance(slot, value / 4_000_000);
    case 'override':
      return set.setImportanceOverride(slot, overrideOf(value));
    case 'tokens':
      return set.setLevelTokens(slot, among(LEVELS, value), tokensOf(value));
    case 'fold':
      return set.fold(slot, among(LEVELS, value));
    case 'remove':
      return set.remove(slot);
  }
}

function applyToModelPage(
  model: NaiveWorkingSet,
  { call, value }: NumberCommand,
  slot: SlotIndex,
): ChangeOutcome | void {
  switch (call) {
    case 'admit':
      return model.admit(slot, value);
    case 'touch':
      return model.touch(slot, value);
    case 'renew':
      return model.renew(slot);
    case 'move':
      return model.moveTo(slot, among(LOWER, value), false);
    case 'evict':
      return model.moveTo(slot, among(LOWER, value), true);
    case 'protect':
      return model.protect(slot);
    case 'pin':
      return void model.setFlags(slot, [among(PINS, value)], []);
    case 'unpin':
      return void model.setFlags(slot, [], PINS);
    case 'clear-pins':
      return model.clearPins(among(PINS, value));
    case 'set-flag':
      return model.setFlags(slot, [among(FLAGS, value)], []);
    case 'clear-flag':
      return model.setFlags(slot, [], [among(FLAGS, value)]);
    case 'importance':
      model.page(slot).importance = value / 4_000_000;
      return undefined;
    case 'override':
      model.page(slot).importanceOverride = overrideOf(value);
      return undefined;
    case 'tokens':
      return model.setLevelTokens(slot, among(LEVELS, value), tokensOf(value));
    case 'fold':
      return model.fold(slot, among(LEVELS, value));
    case 'remove':
      return model.remove(slot);
  }
}

function overrideOf(value: number): number | null {
  return value % 3 === 0 ? null : value / 4_000_000;
}

function tokensOf(value: number): number | null {
  return value % 5 === 0 ? null : value % 250;
}
