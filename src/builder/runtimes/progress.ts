/** Tells that something goes on while it takes long. */

const EVERY_MS = 10_000;

/** `text` at once, then how long it has taken every ten seconds, and in the end. */
export async function tellProgress<T>(
  text: string,
  report: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const startedAtMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedAtMs) / 1_000);
  report(`${text} …`);
  const timer = setInterval(() => report(`${text} … ${seconds()} s`), EVERY_MS);
  try {
    const result = await work();
    report(`${text}: done after ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
