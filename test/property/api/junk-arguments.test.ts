import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import * as api from '../../../src/index.ts';

/** Parts of a memory that stand alone: their arguments are checked where they are read, not all of them at the door. */
const PARTS_OF_MEMORY: ReadonlySet<string> = new Set([
  'CompressorRegistry',
  'DemandPager',
  'HybridSearch',
  'MutationLog',
  'PageVault',
  'Prefetcher',
  'RecallPacker',
  'SearchIndex',
  'abandonPlan',
  'acceptSummary',
  'buildManifest',
  'buildSearchResult',
  'buildToolResult',
  'claimPage',
  'completePlan',
  'contextAllowance',
  'createPlan',
  'createRecallDetector',
  'diffContexts',
  'faultCost',
  'foldMutations',
  'isPlanPinned',
  'manifestBlock',
  'manifestJson',
  'mergeRequests',
  'parseVmToolCall',
  'planOf',
  'planPage',
  'rankForRecall',
  'readEnglishCues',
  'refetchWeight',
  'renderContext',
  'replayContext',
  'searchTerms',
  'summaryRequests',
  'toAnthropicTools',
  'toResponsesTools',
  'toolResultText',
  'updatePlan',
  'verifyReceipt',
  'vmTools',
]);

/** Parts of what is known of tools that stand alone: they are given what other parts of it made. */
const PARTS_OF_TOOLS: ReadonlySet<string> = new Set([
  'BindingManager',
  'PerToolGuard',
  'ResultCache',
  'RunawayGuard',
  'SchemaGuard',
  'argumentDelta',
  'averageMs',
  'cachedNumber',
  'callSignature',
  'canRepair',
  'classifyError',
  'compactDelta',
  'createToolClassifier',
  'describeDelta',
  'entryLine',
  'entryLines',
  'formatBinding',
  'formatCachedResult',
  'formatNumber',
  'guardMessage',
  'guardResult',
  'resultText',
  'skillsOf',
  'suggestionFor',
  'toToolMessages',
  'hasFailed',
  'isAllowed',
  'isBlocked',
  'isDiscoveryTool',
  'isFix',
  'isMathTool',
  'isParameterisedTool',
  'nextRepairAction',
  'runawayMessage',
  'successRate',
  'wasFixed',
]);

/** These open what has to be closed, or set up the process, and have tests of their own. */
const OPENING: ReadonlySet<string> = new Set([
  'closeDefaultRuntime',
  'configureStorage',
  'createFileArtifactStore',
  'openPagefold',
]);

type Callable = (...args: readonly unknown[]) => unknown;

const CALLS: readonly (readonly [string, Callable])[] = Object.entries(api).flatMap(
  ([name, value]) => {
    // Whoever makes errors has nobody to tell.
    if (typeof value !== 'function' || Object.prototype.isPrototypeOf.call(Error, value)) return [];
    const parts = [PARTS_OF_MEMORY, PARTS_OF_TOOLS, OPENING];
    if (parts.some((names) => names.has(name))) return [];
    const isClass = /^class\b/.test(String(value));
    const call: Callable = (...args) =>
      isClass ? construct(value, args) : (value as Callable)(...args);
    return [[name, call]];
  },
);

function construct(made: object, args: readonly unknown[]): unknown {
  return Reflect.construct(made as new () => unknown, args);
}

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    0,
    -1,
    1.5,
    Number.NaN,
    '',
    'x',
    true,
    10n,
    Symbol('s'),
  ),
  fc.constantFrom<unknown>([], {}, [null], [{}], ['x'], { events: [null] }, { metadata: null }),
  fc.anything(),
);

async function errorOf(call: Callable, args: readonly unknown[]): Promise<unknown> {
  try {
    await call(...args);
    return null;
  } catch (error) {
    return error;
  }
}

afterAll(() => api.closeDefaultRuntime());

describe('arguments of a wrong kind', () => {
  test('are looked for in every function that is exported', () => {
    const known = [...PARTS_OF_MEMORY, ...OPENING];
    expect(known.filter((name) => !Object.hasOwn(api, name))).toEqual([]);
    expect(CALLS.length).toBeGreaterThan(50);
  });

  test.each(CALLS)('of %s are refused with an error of ours', async (_name, call) => {
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 4 }), async (args) => {
        const error = await errorOf(call, args);
        expect(error === null || api.PagefoldError.isInstance(error) ? null : error).toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});
