import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { createFileArtifactStore } from '../../../src/artifacts/file/file-artifact-store.ts';
import { describeArtifactStore } from '../../../src/testing/index.ts';
import { aFolder } from '../../lib/folder.ts';

describeArtifactStore('artifact store in files', ({ clock }) => {
  const folder = aFolder();
  let stores = 0;
  const open = (): ArtifactStore => {
    stores += 1;
    return createFileArtifactStore({ directory: folder.path, instance: `store${stores}`, clock });
  };
  return { store: open(), reopen: open, close: async () => folder.remove() };
});
