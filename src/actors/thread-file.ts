/**
 * Where the file is that threads of the pool begin with. Not beside its user in `pool/`: what is found from a module must be as far
 * from it as from the few files of the package, which lie two folders deep.
 */
export const THREAD_FILE: string = new URL('../../workers/thread.cjs', import.meta.url).href;
