import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { parseJsonObject, parseJsonValue } from '../../../src/domain/json.ts';
import { canonicalJson } from '../../../src/domain/canonical-json.ts';
import { toolKey } from '../../../src/domain/tool-name.ts';
import { ToolStateManager } from '../../../src/guards/tool-state-manager.ts';
import type { ToolStateEvent } from '../../../src/guards/tool-state-event.ts';

const jsonValue = fc.jsonValue().map((value) => parseJsonValue(value, 'value'));
const args = fc
  .dictionary(fc.oneof(fc.constantFrom('x', 'limit', 'q'), fc.string()), jsonValue, { maxKeys: 4 })
  .map((value) => parseJsonObject(value, 'args'));
const tool = fc.constantFrom('add', 'normal_cdf', 'search_tools', 'find', 'book', 'Find');

type Step = (state: ToolStateManager) => void;

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc
      .tuple(tool, args, jsonValue, fc.boolean(), fc.option(fc.nat({ max: 3 }), { nil: undefined }))
      .map<Step>(([name, given, result, hasFailed, writesBefore]) => (state) => {
        if (state.beginCall(name, given).verdict === 'block') return;
        state.finishCall({ toolName: name, arguments: given, result, hasFailed, writesBefore });
      }),
    fc.tuple(tool, args, jsonValue).map<Step>(([name, given, value]) => (state) => {
      state.bindValue(name, given, value);
      state.cacheResult(name, given, value);
    }),
    fc.tuple(tool, args).map<Step>(
      ([name, given]) =>
        (state) =>
          void state.getCachedResult(name, given),
    ),
    fc.tuple(tool, args).map<Step>(
      ([name, given]) =>
        (state) =>
          void state.forgetResult(name, given),
    ),
    fc.string().map<Step>((text) => (state) => state.resetForNewPrompt(text)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map<Step>((value) => (state) => {
      state.recordNumericResult(value);
      state.extractBindingsFromText(`n = ${value}`);
      state.storeVariable('n', value);
    }),
    fc.constantFrom('strict', 'smooth').map<Step>((mode) => (state) => state.setMode(mode)),
    fc.constant<Step>((state) => state.clear()),
  ),
  { maxLength: 30 },
);

const LIMITLESS = {
  discoveryBudget: 99,
  executionBudget: 99,
  toolBudgetTotal: 99,
  requireBindings: 'off',
} as const;

function aManager(onEvent?: (event: ToolStateEvent) => void): ToolStateManager {
  const bindings = { maxBindings: 5 };
  const cache = { maxEntries: 5, ttlMs: Infinity };
  return new ToolStateManager({ bindings, cache, onEvent }, { nowMs: () => 7 });
}

describe('the state of tools', () => {
  test('G-77, G-W17: is a fold over its events, and goes on from a snapshot that was text', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const events: ToolStateEvent[] = [];
        const state = aManager((event) => events.push(event));
        for (const step of run) step(state);
        const folded = aManager();
        for (const event of events)
          folded.apply(JSON.parse(JSON.stringify(event)) as ToolStateEvent);
        const restored = aManager();
        restored.restore(
          JSON.parse(JSON.stringify(state.snapshot())) as ReturnType<ToolStateManager['snapshot']>,
        );

        expect(folded.snapshot()).toEqual(state.snapshot());
        expect(restored.snapshot()).toEqual(state.snapshot());
        expect(restored.checkAllGuards('find', { x: 1.5 })).toEqual(
          state.checkAllGuards('find', { x: 1.5 }),
        );
      }),
    );
  });

  test('G-62: verdicts are deterministic, and asking changes nothing', () => {
    fc.assert(
      fc.property(steps, tool, args, (run, name, given) => {
        const state = aManager();
        for (const step of run) step(state);
        const before = state.snapshot();
        const report = state.checkAllGuards(name, given);

        expect(state.checkAllGuards(name, given)).toEqual(report);
        expect(state.snapshot()).toEqual(before);
      }),
    );
  });

  test('G-55, G-56: any call that gives the same again and again is refused the fourth time, alone and in turns with another', () => {
    const call = fc.tuple(fc.string({ minLength: 1, maxLength: 9 }), args, jsonValue);
    const calls = fc.uniqueArray(call, {
      minLength: 1,
      maxLength: 2,
      selector: ([name]) => toolKey(name),
    });
    fc.assert(
      fc.property(calls, (asked) => {
        const state = new ToolStateManager({ limits: LIMITLESS }, { nowMs: () => 7 });
        const verdicts = Array.from({ length: 4 }, () =>
          asked.map(([toolName, given, result]) => {
            const { findings } = state.checkAllGuards(toolName, given);
            state.finishCall({ toolName, arguments: given, result });
            return findings.some(
              (one) => one.guard === 'runaway' && one.result.verdict === 'block',
            );
          }),
        );

        expect(verdicts.at(-1)).not.toContain(false);
      }),
    );
  });

  test('G-32, G-W21: any value comes back from a reference as it was', () => {
    fc.assert(
      fc.property(jsonValue, fc.string(), (value, text) => {
        const state = aManager();
        state.bindValue('t', {}, value);
        // A text that is a number counts as that number.
        const isNumberText =
          typeof value === 'string' && state.getBinding('v1')?.valueType === 'number';
        const expected: JsonValue = isNumberText ? Number(value) : value;
        const plain = text.replaceAll('$', '');

        expect(state.resolveReferences({ a: '$v1', b: { c: ['${v1}', plain] } })).toEqual({
          a: expected,
          b: { c: [expected, plain] },
        });
      }),
    );
  });

  test('G-33: arguments without references stay as they are', () => {
    fc.assert(
      fc.property(args, (given) => {
        const text = JSON.stringify(given).replaceAll('$', '');
        const plain = JSON.parse(text) as JsonObject;

        expect(aManager().resolveReferences(plain)).toEqual(plain);
      }),
    );
  });

  test('G-45: the cache never gives the result of another call', () => {
    const call = fc.tuple(fc.oneof(tool, fc.string({ minLength: 1 })), args);
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), call, (calls, [name, given]) => {
        const state = aManager();
        for (const [toolName, own] of calls) state.cacheResult(toolName, own, { toolName, own });
        const hit = state.getCachedResult(name, given)?.result ?? null;
        if (hit === null) return;

        expect(canonicalJson(hit)).toBe(canonicalJson({ toolName: name, own: given }));
      }),
    );
  });
});
