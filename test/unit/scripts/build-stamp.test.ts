import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isBuilt, noteBuilt } from '../../../scripts/lib/build-stamp.ts';
import type { BuildStep } from '../../../scripts/lib/build-stamp.ts';
import { moduleInputs } from '../../../scripts/lib/counter-modules.ts';
import { TABLE_INPUTS } from '../../../scripts/lib/counter-tables.ts';

/** A step that has been built. */
function aBuiltStep(): BuildStep {
  const folder = mkdtempSync(join(tmpdir(), 'pagefold-stamp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = ['source', 'script', 'table', 'module'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, `what is in ${file}`);
  const step = {
    stampFile: join(folder, 'stamp'),
    inputs: files.slice(0, 2),
    outputs: files.slice(2),
  };
  noteBuilt(step);
  return step;
}

describe('isBuilt', () => {
  test('is true for what was built, and lies there unchanged', () => {
    expect(isBuilt(aBuiltStep())).toBe(true);
  });

  test.each([
    ['an input', ({ inputs }: BuildStep) => inputs[1]],
    ['an output', ({ outputs }: BuildStep) => outputs[0]],
  ])('is false when %s has other bytes', (_, chosen) => {
    const step = aBuiltStep();
    writeFileSync(chosen(step)!, 'something else');
    expect(isBuilt(step)).toBe(false);
  });

  test('is false when a file is missing, the stamp itself included', () => {
    for (const chosen of ['stampFile', 'output'] as const) {
      const step = aBuiltStep();
      rmSync(chosen === 'output' ? step.outputs[1]! : step.stampFile);
      expect(isBuilt(step)).toBe(false);
    }
  });

  test('is false when bytes have moved from one input to the next', () => {
    const step = aBuiltStep();
    const [first, second] = step.inputs.map((file) => readFileSync(file, 'utf8'));
    writeFileSync(step.inputs[0]!, first!.slice(0, -1));
    writeFileSync(step.inputs[1]!, `${first!.slice(-1)}${second}`);
    expect(isBuilt(step)).toBe(false);
  });
});

describe.each([
  ['modules', moduleInputs()],
  ['tables', TABLE_INPUTS],
])('the inputs of the %s of the token counter', (_, inputs) => {
  test('include whatever one of their sources or scripts imports', () => {
    const imported = inputs
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/\sfrom '(\.[^']+)';/gu)].map(([, path = '']) =>
          normalize(join(file, '..', path.endsWith('.ts') ? path : `${path}.ts`)),
        ),
      );
    expect(imported.length).toBeGreaterThan(2);
    expect(imported.filter((file) => !inputs.includes(file))).toEqual([]);
  });
});
