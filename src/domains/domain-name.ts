/** Names of custom domains: what people write becomes the form that DNS, certificates and the edge use, or is refused. */
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { isWildcard } from "../domain/custom-domain.ts";
import { SlipwayError } from "../domain/error.ts";

/** `_acme-challenge.` and `www.` must still fit below it (RFC 1035: 253). */
const NAME_MAX_CHARACTERS = 237;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
/** ASCII that no name has. What makes names ASCII takes the text for part of an address, and drops what follows the host. */
const FOREIGN = /[^a-z0-9.\-\P{ASCII}]/iu;
const WILDCARD = "*.";

/** Lower case, ASCII, no dot at the end. Throws InvalidParameter that says what would be right. */
export function parseDomainName(text: string): string {
  const plain = text.trim().replace(/\.$/, "");
  const prefix = isWildcard(plain) ? WILDCARD : "";
  const base = domainToASCII(plain.slice(prefix.length)).toLowerCase();
  const problem = problemOf(base, plain.slice(prefix.length));
  if (problem !== null) throw invalidName(`"${text}" ${problem}`);
  return prefix + base;
}

/** Names that are not for users: those below the installation's own domains. Throws InvalidParameter. */
export function refuseOwnNames(names: readonly string[], ownDomains: readonly string[]): void {
  for (const name of names) {
    const own = ownDomains.find((domain) => name.endsWith(`.${domain}`));
    if (own !== undefined) {
      throw invalidName(
        `${name} is below ${own}, whose names are this installation's own. Take another domain`,
      );
    }
  }
}

export function invalidName(problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path: "DomainName", problem });
}

function problemOf(base: string, given: string): string | null {
  if (given.includes("*"))
    return "has a * elsewhere than as its leftmost label. Write for example *.example.com";
  // `1.2` and `0x7f.1` are addresses too, and come out as such.
  if (isIP(base) !== 0 || isIP(given) !== 0)
    return "is an IP address. A custom domain is a name, for example shop.example.com";
  const labels = base.split(".");
  if (base === "" || FOREIGN.test(given) || !labels.every((label) => LABEL.test(label))) {
    return "is not a domain name. Write for example shop.example.com";
  }
  if (labels.length < 2) return "has only one label. Write for example shop.example.com";
  if (base.length > NAME_MAX_CHARACTERS) return `is longer than ${NAME_MAX_CHARACTERS} characters`;
  return /^\d+$/.test(labels.at(-1) ?? "") ? "ends in a number, which no domain does" : null;
}
