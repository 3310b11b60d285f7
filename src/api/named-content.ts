import { snapshotNamedBy } from '../domain/named-artifact.ts';
import { readEvents, type ReadSource } from './session-reader.ts';

/**
 * The artifacts that records of a session name, up to a position.
 * @throws SESSION_NOT_FOUND
 */
export async function artifactsNamed(
  source: ReadSource,
  toPosition?: number,
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  const range = { fromPosition: 1, ...(toPosition === undefined ? {} : { toPosition }) };
  for await (const event of readEvents(source, range)) {
    if (event.archive !== undefined) named.add(event.archive.artifactId);
    const snapshot = snapshotNamedBy(event);
    if (snapshot !== null) named.add(snapshot);
  }
  return named;
}
