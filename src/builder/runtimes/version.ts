/** Versions of runtimes, compared number by number: `3.11` means the newest 3.11.x, `3.11.2` that one. Pure. */

/** Java's versions have up to five numbers: `17.0.13.11.1` is release 17, update 13, build 11, revision 1. */
const VERSION = /^\d{1,9}(?:\.\d{1,9}){0,4}$/;
/** The fifth number of a Java version counts repackagings of one distribution; the Java is the same. */
const COMPARED_NUMBERS = 4;

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Whether `available` is what somebody who asks for `wanted` means; null asks for nothing in particular. */
export function satisfies(available: string, wanted: string | null): boolean {
  if (wanted === null) return true;
  const has = numbers(available);
  return numbers(wanted)
    .slice(0, COMPARED_NUMBERS)
    .every((number, index) => number === has[index]);
}

/** Whether something that begins with `prefix` can be what is wanted: one is the beginning of the other. */
export function mayBecome(prefix: string, wanted: string | null): boolean {
  return wanted === null || satisfies(prefix, wanted) || satisfies(wanted, prefix);
}

/** Negative when `one` is older. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): readonly number[] {
  return version.split(".").map(Number);
}
