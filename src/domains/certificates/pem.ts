/** Blocks of PEM texts, found in linear time; what is around them is ignored, as OpenSSL does. */

export interface PemBlock {
  /** For instance `CERTIFICATE`. */
  readonly label: string;
  /** With its marks and a newline at the end. */
  readonly text: string;
}

const BEGIN = "-----BEGIN ";
const MARK_END = "-----";
const LABEL_MAX_CHARACTERS = 40;

export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let from = text.indexOf(BEGIN); from !== -1;) {
    const labelEnd = text.indexOf(MARK_END, from + BEGIN.length);
    if (labelEnd === -1 || labelEnd - from > LABEL_MAX_CHARACTERS) break;
    const label = text.slice(from + BEGIN.length, labelEnd);
    const end = `-----END ${label}-----`;
    const at = text.indexOf(end, labelEnd);
    if (at === -1) break;
    blocks.push({ label, text: `${text.slice(from, at).trim().replaceAll("\r\n", "\n")}\n${end}\n` });
    from = text.indexOf(BEGIN, at + end.length);
  }
  return blocks;
}

/** DER in PEM's clothes. */
export function toPem(label: string, der: ArrayBuffer | Uint8Array): string {
  const bytes = der instanceof Uint8Array ? Buffer.from(der) : Buffer.from(new Uint8Array(der));
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `${BEGIN}${label}${MARK_END}\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
