import { readdirSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);

function filesOf(folder: string, ending: string): readonly string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}${file}`);
}

/** All that tests run in processes of their own, by its path in the repository. */
export const PROCESS_FILES: readonly string[] = [
  'src/index.ts',
  'src/testing/index.ts',
  'src/cli/main.ts',
  ...filesOf('examples/', '.ts'),
  ...filesOf('test/', '-process.ts'),
];
