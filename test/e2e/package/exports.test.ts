import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as pagefold from '../../../src/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCES = `${ROOT}src/`;

/** Parts that nobody outside has a reason to replace; options that name them are for tests. */
const INTERNAL: ReadonlySet<string> = new Set(['Kernel', 'PriceSource', 'VocabularySource']);

test('everything that users are promised is exported', () => {
  expect(Object.keys(pagefold)).toEqual(
    expect.arrayContaining([
      'SessionManager',
      'InfiniteConversationManager',
      'openPagefold',
      'trackConversation',
      'trackLlmCall',
      'quickConversation',
      'trackInfiniteConversation',
      'trackToolUse',
      'getSessionStats',
      'getConversationHistory',
      'buildPromptFromSession',
      'truncatePromptToTokenLimit',
      'configureStorage',
      'getStorageInfo',
      'getVersion',
      'isAvailable',
      'EVENT_SOURCES',
      'EVENT_TYPES',
      'RUN_STATUSES',
      'SUMMARIZATION_STRATEGIES',
      'PROMPT_STRATEGIES',
      'createTokenCounter',
      'createMemoryStore',
      'createPriceBook',
      'parseProviderUsage',
      'createTokenUsage',
      'SessionManagerError',
      'SessionNotFound',
      'SessionAlreadyExists',
      'InvalidSessionOperation',
      'TokenLimitExceeded',
      'StorageError',
      'ToolProcessingError',
      'ERROR_CODES',
    ]),
  );
  expect(Object.entries(pagefold).filter(([, value]) => value === undefined)).toEqual([]);
});

test('C-1: C-2: enumerations hold the promised values', () => {
  expect(pagefold.EVENT_SOURCES).toEqual(['user', 'llm', 'system']);
  expect(pagefold.EVENT_TYPES).toEqual([
    'message',
    'summary',
    'tool_call',
    'reference',
    'context_bridge',
    'tool_trace',
    'tool_pattern',
    'tool_fix',
  ]);
  expect(pagefold.SUMMARIZATION_STRATEGIES).toEqual([
    'basic',
    'key_points',
    'topic_based',
    'query_focused',
  ]);
});

test('every type that the signature of an export names is exported too', () => {
  const program = ts.createProgram([`${SOURCES}index.ts`], {
    ...ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, {}, configHost())?.options,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(`${SOURCES}index.ts`)!;
  const resolve = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Set(
    checker.getExportsOfModule(checker.getSymbolAtLocation(index)!).map(resolve),
  );

  const missing = new Set<string>();
  for (const symbol of exported) {
    for (const name of (symbol.declarations ?? []).flatMap((node) => [...typeNames(node)])) {
      const named = checker.getSymbolAtLocation(name);
      const isMissing = named !== undefined && !exported.has(resolve(named));
      if (isMissing && isPublishedType(resolve(named)))
        missing.add(`${symbol.name}: ${name.getText()}`);
    }
  }

  expect(exported.size).toBeGreaterThan(150);
  expect([...missing]).toEqual([]);
});

/** Types that only their own module can name are shapes that need no name. */
function isPublishedType(symbol: ts.Symbol): boolean {
  const kinds = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class;
  if ((symbol.flags & kinds) === 0 || INTERNAL.has(symbol.name)) return false;
  return (symbol.declarations ?? []).some((node) => {
    const isExported = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;
    return isExported && node.getSourceFile().fileName.startsWith(SOURCES);
  });
}

/** The names of types in a declaration, as far as users can see it. */
function* typeNames(node: ts.Node): Generator<ts.EntityName | ts.Expression> {
  if (isHidden(node)) return;
  if (ts.isTypeReferenceNode(node)) yield node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) yield node.expression;
  for (const child of node.getChildren()) yield* typeNames(child);
}

/** Bodies, initial values, private members, and constructors of classes that are exported as types only. */
function isHidden(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBlock(node) || (ts.isPropertyDeclaration(parent) && node === parent.initializer))
    return true;
  if (ts.isVariableDeclaration(parent) && node === parent.initializer) return true;
  if (ts.isConstructorDeclaration(node))
    return !(ts.isClassDeclaration(parent) && (parent.name?.text ?? '') in pagefold);
  return ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name);
}

function configHost(): ts.ParseConfigFileHost {
  return {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
}
