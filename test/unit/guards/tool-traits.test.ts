import { describe, expect, test } from 'vitest';
import { baseToolName, toolKey } from '../../../src/domain/tool-name.ts';
import { createToolClassifier, isMathTool } from '../../../src/guards/tool-traits.ts';
import { aToolState, runCall } from '../../lib/guards/a-tool-state.ts';

describe('names of tools', () => {
  test('G-16, G-20, G-127, G-W10, G-W102: one form for all spellings of a name', () => {
    expect(['Math.Add', 'math/add', 'math:add', 'math::add', 'math__add'].map(toolKey)).toEqual(
      Array.from({ length: 5 }, () => 'math.add'),
    );
    expect(['Math.Add', 'a.b.sqrt', 'SQRT', 'math_add'].map(baseToolName)).toEqual([
      'add',
      'sqrt',
      'sqrt',
      'math_add',
    ]);
  });

  test('G-20, G-W10: limits count all spellings of a name, and tools of other namespaces apart', () => {
    const state = aToolState({ limits: { perToolCap: 2 } });
    runCall(state, 'A.x');
    runCall(state, 'a/X', { arguments: { n: 2 } });

    expect(state.checkPerToolLimit('a__x').verdict).toBe('block');
    expect(state.checkPerToolLimit('b.x').verdict).toBe('allow');
  });
});

describe('createToolClassifier', () => {
  test('G-17: knows the usual names', () => {
    const classify = createToolClassifier();

    expect(classify('mcp.list_tools')).toMatchObject({ isDiscovery: true, isExempt: true });
    expect(classify('sqrt')).toMatchObject({ effect: 'pure', isCacheable: true, isExempt: true });
    expect(classify('math.add')).toMatchObject({ isExempt: true });
    expect(classify('normal_cdf')).toMatchObject({ isParameterised: true, isExempt: false });
    expect(classify('stats.normal_cdf')).toMatchObject({ isParameterised: true });
    expect(isMathTool('math_add')).toBe(false);
  });

  test.each([
    'web_search',
    'list_files',
    'price_list',
    'browser_click',
    'mcp_tools.add',
    'research_topic',
    'get_toolbox',
    'call_tool',
  ])('G-18, G-W09, GV19: %s does not look for tools', (name) => {
    const state = aToolState();
    state.recordToolCall(name);
    expect(state.getBudgetStatus()).toMatchObject({
      discovery: { used: 0 },
      execution: { used: 1 },
    });
  });

  test('G-W111: what a tool changes is not guessed from parts of its name', () => {
    const classify = createToolClassifier();
    const names = ['get_address', 'skill_lookup', 'compute_sum', 'reset_view', 'describe_updates'];

    expect(names.map((name) => classify(name).effect)).toEqual(names.map(() => 'write'));
  });

  test.each(['cart.add', 'cart__add', 'audit/log', 'device.power', 'golf:round', 'add', 'a.sqrt'])(
    'G-W111: %s may change something, and is neither repeated nor answered from memory',
    (name) => {
      expect(createToolClassifier()(name)).toMatchObject({ effect: 'write', isCacheable: false });
    },
  );

  test('results of a tool that is said to write are reused only where that is said too', () => {
    const classify = createToolClassifier({
      patterns: [{ pattern: 'shop.*', traits: { isCacheable: true } }],
      tools: {
        sqrt: { effect: 'write' },
        'shop.buy': { effect: 'write' },
        'shop.find': { effect: 'read' },
        quote: { effect: 'write', isCacheable: true },
        mean: { effect: 'pure' },
      },
    });
    const names = ['sqrt', 'shop.buy', 'shop.find', 'quote', 'mean'];

    expect(names.map((name) => classify(name).isCacheable)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  test('G-19, G-W43: takes the word of the service, by name, pattern and function', () => {
    const classify = createToolClassifier({
      patterns: [
        { pattern: 'stats.*', traits: { isParameterised: true } },
        { pattern: '*.search_*', traits: { effect: 'read', isCacheable: true } },
        { pattern: '*', traits: { isPolled: false } },
      ],
      tools: { 'stats.mean': { isParameterised: false } },
      classify: (name) => (name === 'special' ? { isDiscovery: true } : undefined),
    });

    expect(classify('stats.median').isParameterised).toBe(true);
    expect(classify('Stats.Mean').isParameterised).toBe(false);
    expect(classify('shop.search_items')).toMatchObject({ effect: 'read', isCacheable: true });
    expect(classify('shop.find_items').effect).toBe('write');
    expect(classify('special').isDiscovery).toBe(true);
  });
});
