/** Processor time of a piece of work in microseconds, of all threads of the process: others on the machine do not count. */
export function cpuMicroseconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}
