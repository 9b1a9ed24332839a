/** A bill of materials in CycloneDX 1.5: the same packages give the same bytes. Pure. */
import type { BilledImage } from "../ports/bill-of-materials.ts";
import type { InstalledPackage } from "./installed-packages.ts";

export interface ImageContents {
  readonly packages: readonly InstalledPackage[];
  /** Of `/etc/os-release`. */
  readonly distribution: string | null;
  /** Files of the image that were read. */
  readonly sources: readonly string[];
  /** Files that were too large to be read. */
  readonly unread: readonly string[];
}

/** Says what it was made of: a program that no record names is not in it. */
export function imageBill({ imageId, name }: BilledImage, contents: ImageContents): string {
  const components = contents.packages.map((found) => componentOf(found, contents.distribution));
  const unique = [...new Map(components.map((component) => [component.purl, component])).values()];
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: { type: "container", name, version: imageId },
      properties: [
        {
          name: "slipway:scope",
          value: "packages that the image's own records name; nothing else was looked for",
        },
        ...contents.sources.map((value) => ({ name: "slipway:source", value })),
        ...contents.unread.map((value) => ({ name: "slipway:too-large-to-read", value })),
      ],
    },
    components: unique.toSorted((one, other) => (one.purl < other.purl ? -1 : 1)),
  };
  return `${JSON.stringify(bill, null, 1)}\n`;
}

function componentOf(found: InstalledPackage, distribution: string | null) {
  const purl = purlOf(found, distribution);
  return { type: "library", "bom-ref": purl, name: found.name, version: found.version, purl };
}

/** https://github.com/package-url/purl-spec */
function purlOf(
  { ecosystem, name, version, architecture }: InstalledPackage,
  distribution: string | null,
): string {
  const at = `@${encodeURIComponent(version)}`;
  if (ecosystem === "npm") return `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}${at}`;
  const vendor = distribution ?? (ecosystem === "deb" ? "debian" : "alpine");
  const suffix = architecture === undefined ? "" : `?arch=${encodeURIComponent(architecture)}`;
  return `pkg:${ecosystem}/${encodeURIComponent(vendor)}/${encodeURIComponent(name)}${at}${suffix}`;
}

/** The word by which package URLs know it: `debian`, `ubuntu`, `alpine`. */
export function distributionOf(osRelease: string): string | null {
  return /^ID="?([a-z0-9._-]{1,40})"?$/m.exec(osRelease)?.[1] ?? null;
}
