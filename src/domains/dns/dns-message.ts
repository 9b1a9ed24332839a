/**
 * Questions that we ask, and what of the replies is used, as plain data. Foreign text is made harmless here: names are lower
 * case without a dot at the end, everything is printable and short.
 */
import { randomInt } from "node:crypto";
import type DNS from "dns2";
import { Packet } from "dns2";
import { canonicalAddress } from "./address.ts";

export type RecordType = "A" | "AAAA" | "CNAME" | "NS" | "TXT";

export interface DnsQuestion {
  /** Lower case, without a dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  /** Whether the server shall ask others for us. */
  readonly isRecursive: boolean;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: RecordType;
  readonly value: string;
}

export interface DnsReply {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, …, or `RCODE<n>`. */
  readonly status: string;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

const TEXT_SHOWN_CHARACTERS = 100;
/** What we ask for is short. Names in long messages can be chains of pointers that cost seconds to follow. */
export const REPLY_MAX_BYTES = 4096;
const STATUS_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Packet.RCODE)
    .filter(([, code]) => code < 16)
    .map(([name, code]) => [code, name]),
);

export function encodeQuestion({ name, type, isRecursive }: DnsQuestion): Buffer {
  const packet = new Packet(new Packet.Header({ id: randomInt(0x1_0000), rd: isRecursive ? 1 : 0 }));
  packet.questions = [new Packet.Question(name, Packet.TYPE[type], Packet.CLASS.IN)];
  return packet.toBuffer();
}

/** Null when it is no reply to this question. */
export function decodeReply(message: Buffer, asked: Buffer): DnsReply | null {
  if (message.length < 12 || message.length > REPLY_MAX_BYTES) return null;
  if (asked.readUInt16BE(0) !== message.readUInt16BE(0)) return null;
  const [reply, { questions }] = [parse(message), Packet.parse(asked)];
  if (reply === null || reply.header.qr !== 1) return null;
  if (!isSameQuestion(reply.questions[0], questions[0]) && reply.questions.length > 0) return null;
  const { rcode, aa, tc } = reply.header;
  return {
    status: STATUS_NAMES.get(rcode) ?? `RCODE${rcode}`,
    isAuthoritative: aa === 1,
    isTruncated: tc === 1,
    answers: reply.answers.flatMap(toRecord),
    authorities: reply.authorities.flatMap(toRecord),
    additionals: reply.additionals.flatMap(toRecord),
  };
}

/** As names are compared. */
export function canonicalName(name: string): string {
  return printable(name.toLowerCase().replace(/\.$/, ""));
}

function parse(message: Buffer): Packet | null {
  try {
    return Packet.parse(message);
  } catch {
    return null;
  }
}

function isSameQuestion(one?: DNS.Packet.Question, other?: DNS.Packet.Question): boolean {
  return one?.type === other?.type && one?.name.toLowerCase() === other?.name.toLowerCase();
}

/** Nothing of kinds that are not looked at. */
function toRecord(record: DNS.Packet.Resource): readonly DnsRecord[] {
  const name = canonicalName(record.name);
  const { A, AAAA, CNAME, NS, TXT } = Packet.TYPE;
  const { address = "", domain = "", ns = "", data } = record;
  switch (record.type) {
    case A:
      return [{ name, type: "A", value: address }];
    case AAAA:
      return [{ name, type: "AAAA", value: canonicalAddress(address) }];
    case CNAME:
      return [{ name, type: "CNAME", value: canonicalName(domain) }];
    case NS:
      return [{ name, type: "NS", value: canonicalName(ns) }];
    case TXT:
      return [{ name, type: "TXT", value: shortened(Array.isArray(data) ? data.join("") : "") }];
    default:
      return [];
  }
}

function shortened(text: string): string {
  const shown = printable(text);
  return shown.length <= TEXT_SHOWN_CHARACTERS ? shown : `${shown.slice(0, TEXT_SHOWN_CHARACTERS - 1)}…`;
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
