/** How much a piece of work costs, whatever else the machine does meanwhile: of what is to "take no time". */

/** Begins to count; the function tells what this process has used since, in milliseconds. */
export function countProcessorMs(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

/**
 * Of tests that judge by time or memory: a garbage collector or other work on the machine may spoil one measurement; what is
 * wrong in the program spoils them all.
 */
export const MEASURED = { retry: 2 };
