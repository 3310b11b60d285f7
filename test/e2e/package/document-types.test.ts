import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { type Snippet, SNIPPETS } from '../docs/doc-snippets.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  // The sources behind the package are compiled along.
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  resolveJsonModule: true,
  paths: {
    pagefold: [`${ROOT}src/index.ts`],
    'pagefold/testing': [`${ROOT}src/testing/index.ts`],
  },
};
/** What stands in a sample for the result of the AI SDK, so that the sample can run without a model. */
const AI_SDK_RESULT = /^const result = \{$.*?^\} as const;$/ms;

/** The sample with what `generateText` really gives: of tools that are known, and of any. */
function withAiSdkTypes({ source }: Snippet): readonly string[] {
  const tools = 'weather: Tool<{ city: string }, { celsius: number }>';
  return [`generateText<{ ${tools} }>`, 'generateText'].map(
    (call) =>
      `import type { generateText, Tool } from 'ai';\n` +
      source.replace(AI_SDK_RESULT, `declare const result: Awaited<ReturnType<typeof ${call}>>;`),
  );
}

/** What the compiler says of files that are nowhere but here. */
function complaints(sources: ReadonlyMap<string, string>): readonly string[] {
  const disk = ts.createCompilerHost(OPTIONS);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => sources.has(file) || disk.fileExists(file),
    getSourceFile: (file, language, ...rest) => {
      const source = sources.get(file);
      return source === undefined
        ? disk.getSourceFile(file, language, ...rest)
        : ts.createSourceFile(file, source, language);
    },
  };
  const program = ts.createProgram([...sources.keys()], OPTIONS, host);
  return [...sources.keys()].flatMap((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
}

test('the code in the documents compiles in strict TypeScript, with the real types of the AI SDK where it names it', () => {
  const ofAiSdk = SNIPPETS.filter(({ source }) => AI_SDK_RESULT.test(source));
  const written = SNIPPETS.map(({ file, line, source }): [string, string] => [
    `${ROOT}build/${file.replaceAll('/', '-')}-${line}.ts`,
    `${source}export {};\n`,
  ]);
  const given = ofAiSdk
    .flatMap(withAiSdkTypes)
    .map((source, index): [string, string] => [`${ROOT}build/ai-sdk-${index}.ts`, source]);

  expect(complaints(new Map([...written, ...given]))).toEqual([]);
  expect([written.length > 15, given.length]).toEqual([true, 2]);
});
