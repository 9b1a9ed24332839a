/**
 * The small zone that we answer ourselves: `_acme-challenge.<domain>` leads by CNAME to a name in it, so that an authority
 * finds our proof without access to the user's DNS provider. Implementation: `domains/dns/`.
 */
export interface ChallengeZone {
  /** `<label>.<zone>`, without a dot at the end. */
  nameOf(label: string): string;
  /** Answers TXT questions for the label with this text, too; a label may have several. */
  put(label: string, text: string): void;
  remove(label: string, text: string): void;
}
