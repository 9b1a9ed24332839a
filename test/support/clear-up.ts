/** Ends what a test file began. Each act has its turn, though one before it failed or what it ends was never made. */
export async function clearUp(...acts: readonly (() => unknown)[]): Promise<void> {
  const problems: unknown[] = [];
  for (const act of acts) {
    try {
      await act();
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length === 0) return;
  // In the message too: not every reporter shows what an AggregateError holds.
  const told = problems.map((problem) => (problem instanceof Error ? problem.message : String(problem)));
  throw new AggregateError(problems, `not all could be cleared up:\n${told.join("\n")}`);
}
