/** How much a piece of work costs, whatever else the machine does meanwhile: of what is to "take no time". */

/** Begins to count; the function tells what this process has used since, in milliseconds. */
export function countProcessorMs(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
