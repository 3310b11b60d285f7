/** Where the file is that threads of the pool begin with; below the package's code it has the same place. */
export const THREAD_FILE: string = new URL('../../workers/thread.cjs', import.meta.url).href;
