/** The image under all others where no registry can be reached: a small Debian 12, put together from its packages. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Images } from "./images.ts";
import { runTool } from "./run-tool.ts";

export const DEBIAN_RELEASE = "bookworm";
const HOOKS = "/usr/share/mmdebstrap/hooks/merged-usr";
export const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const DEADLINE_MS = 15 * 60_000;

/**
 * What is left out makes up half of it. Without the hook `usrmerge` would bring all of Perl, 50 MB. The keyring is named
 * since other distributions do not trust Debian's keys by themselves.
 */
const ARGUMENTS: readonly string[] = [
  "--variant=minbase",
  "--include=usr-is-merged,ca-certificates",
  `--hook-dir=${HOOKS}`,
  `--keyring=${DEBIAN_KEYRING}`,
  "--dpkgopt=path-exclude=/usr/share/man/*",
  "--dpkgopt=path-exclude=/usr/share/locale/*",
  "--dpkgopt=path-exclude=/usr/share/doc/*",
  "--dpkgopt=path-include=/usr/share/doc/*/copyright",
  DEBIAN_RELEASE,
];
const CHANGES = ['CMD ["/bin/sh"]', "ENV LANG=C.UTF-8"];

/** For the hash in the image's name. */
export const debianBaseText = [...ARGUMENTS, ...CHANGES].join("\n");

/** Takes half a minute. The image is there afterwards, whole, or it is not. */
export async function buildDebianBase(
  images: Images,
  name: string,
  { directory, labels }: { readonly directory: string; readonly labels: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<void> {
  const work = await mkdtemp(join(directory, "debian-"));
  try {
    const archive = join(work, "base.tar");
    const options = { directory: work, variables: { TMPDIR: work }, deadlineMs: DEADLINE_MS };
    await runTool("mmdebstrap", [...ARGUMENTS, archive], options, signal);
    const labelChanges = Object.entries(labels).map(
      ([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`,
    );
    await images.import(archive, name, [...CHANGES, ...labelChanges], signal);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
