import { baseToolName, toolKey } from '../domain/tool-name.ts';

/** What a call does outside: nothing (`pure`, the result follows from the arguments), it looks (`read`), or it changes (`write`). */
export const TOOL_EFFECTS = ['pure', 'read', 'write'] as const;
/** One of {@link TOOL_EFFECTS}. */
export type ToolEffect = (typeof TOOL_EFFECTS)[number];

/** What guards know of a tool. */
export interface ToolTraits {
  /** Whether it looks for tools instead of doing the work. */
  readonly isDiscovery: boolean;
  readonly effect: ToolEffect;
  /** Whether its numbers have to come from somewhere: a computation, a result, the user. */
  readonly isParameterised: boolean;
  /** Whether results may be reused. */
  readonly isCacheable: boolean;
  /** Whether it is asked again and again until something has happened, so that equal answers are no sign of a loop. */
  readonly isPolled: boolean;
  /** Whether the limit of calls for one tool does not count for it. */
  readonly isExempt: boolean;
  /** Whether budgets do not count it, since whatever carries it out has limits of its own. */
  readonly isUnbudgeted: boolean;
}

/** A rule for all tools whose key matches; `*` stands for any characters of the key. */
export interface ToolNameRule {
  readonly pattern: string;
  readonly traits: Partial<ToolTraits>;
}

/** What a service knows of its tools; the more specific word counts: `classify`, then `tools`, then `patterns`, the last first. */
export interface ToolClassifierOptions {
  /** Traits by the name of a tool. */
  readonly tools?: Readonly<Record<string, Partial<ToolTraits>>> | undefined;
  readonly patterns?: readonly ToolNameRule[] | undefined;
  /** Traits by any rule; undefined where it knows nothing of the tool. */
  readonly classify?: ((toolName: string) => Partial<ToolTraits> | undefined) | undefined;
}

/** Tells the traits of tools. */
export type ToolClassifier = (toolName: string) => ToolTraits;

const DISCOVERY_TOOLS: ReadonlySet<string> = new Set(
  'list_tools search_tools get_tool_schema get_tool_schemas'.split(' '),
);
const MATH_TOOLS: ReadonlySet<string> = new Set(
  'add subtract multiply divide sqrt pow power log exp sin cos tan abs floor ceil round'.split(' '),
);
/** Words of {@link MATH_TOOLS} that are as often said of things: an item that is added, a machine's power, a round that is booked. */
const ALSO_DONE: ReadonlySet<string> = new Set('add subtract power log round'.split(' '));
const PARAMETERISED_TOOLS: ReadonlySet<string> = new Set(
  'normal_cdf normal_pdf normal_sf t_cdf t_sf t_test chi_cdf chi_sf chi_square'.split(' '),
);
const MAX_REMEMBERED = 1_024;

/** Whether a tool looks for tools, by its name without namespaces. */
export function isDiscoveryTool(name: string): boolean {
  return DISCOVERY_TOOLS.has(baseToolName(name));
}

/** Whether a tool computes one number from others, by its name without namespaces. */
export function isMathTool(name: string): boolean {
  return MATH_TOOLS.has(baseToolName(name));
}

/** Whether a tool is a statistical function, by its name without namespaces. */
export function isParameterisedTool(name: string): boolean {
  return PARAMETERISED_TOOLS.has(baseToolName(name));
}

/** One classifier for all guards: known names first, and above them what the service says of its own tools. */
export function createToolClassifier(options: ToolClassifierOptions = {}): ToolClassifier {
  const named = new Map(
    Object.entries(options.tools ?? {}).map(([name, traits]) => [toolKey(name), traits]),
  );
  const patterns = (options.patterns ?? []).map(({ pattern, traits }) => ({
    matches: toMatcher(toolKey(pattern)),
    traits,
  }));
  const known = new Map<string, ToolTraits>();
  return (toolName) => {
    const remembered = known.get(toolName);
    if (remembered !== undefined) return remembered;
    const key = toolKey(toolName);
    const fitting = patterns.filter(({ matches }) => matches(key)).map(({ traits }) => traits);
    const own = options.classify?.(toolName);
    const traits = merged(knownTraits(toolName), [...fitting, named.get(key), own]);
    // Names come from models, so there may be any number of them.
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(toolName, traits);
    return traits;
  };
}

/**
 * Each layer over the one before. Results are reused where somebody says so, else those of `pure` calls; whoever says later that a
 * tool writes, and nothing of its results, takes that back.
 */
function merged(
  known: ToolTraits,
  layers: readonly (Partial<ToolTraits> | undefined)[],
): ToolTraits {
  const traits = { ...known };
  let isCacheable: boolean | null = null;
  for (const layer of layers) {
    Object.assign(traits, layer);
    isCacheable = layer?.isCacheable ?? (layer?.effect === 'write' ? null : isCacheable);
  }
  return { ...traits, isCacheable: isCacheable ?? traits.effect === 'pure' };
}

function knownTraits(name: string): ToolTraits {
  const isDiscovery = isDiscoveryTool(name);
  const isMath = isMathTool(name);
  const isParameterised = isParameterisedTool(name);
  const isPure = isPureByName(toolKey(name));
  return {
    isDiscovery,
    effect: isPure ? 'pure' : isDiscovery ? 'read' : 'write',
    isParameterised,
    isCacheable: isPure,
    isPolled: false,
    isExempt: isDiscovery || isMath,
    isUnbudgeted: false,
  };
}

/** By the whole name: what a word means in another namespace is not known, and a write must not be taken for a computation. */
function isPureByName(key: string): boolean {
  return PARAMETERISED_TOOLS.has(key) || (MATH_TOOLS.has(key) && !ALSO_DONE.has(key));
}

function toMatcher(pattern: string): (key: string) => boolean {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return (key) => key === first;
  const last = parts.at(-1) ?? '';
  return (key) => {
    if (!key.startsWith(first) || !key.endsWith(last)) return false;
    let from = first.length;
    for (const part of parts.slice(1, -1)) {
      const at = key.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return from <= key.length - last.length;
  };
}
