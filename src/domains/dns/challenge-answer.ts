/**
 * What the challenge zone answers to one message: a pure function from bytes to bytes.
 *
 * It knows one zone and recurses never. Whatever arrives, it neither throws nor answers more than a client without EDNS
 * could take unless that client said so: whoever forges senders gains nothing here.
 */
import type DNS from "dns2";
import { Packet } from "dns2";

type Question = DNS.Packet.Question;
type Resource = DNS.Packet.Resource;

export interface ZoneContent {
  /** Lower case, without a dot at the end. */
  readonly zone: string;
  /** Host name at which the parent zone says this one is answered. */
  readonly nameServer: string;
  readonly serial: number;
  /** Lower-case label → texts; labels may be several, parted by dots. Never an empty list. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

export type Transport = "udp" | "tcp";

/** The CA asks again and again while it waits for the proof: nobody may remember what was there before. */
const TEXT_TTL_S = 1;
const ZONE_TTL_S = 5;
const PLAIN_UDP_BYTES = 512;
/** Fits every path without fragments, as agreed on the DNS flag day of 2020. */
const EDNS_UDP_BYTES = 1232;
const TCP_BYTES = 65_535;
const HEADER_BYTES = 12;
/** OPT, and a signature that we do not look at. */
const ADDITIONALS_MAX = 2;
const QUESTION_TAIL_BYTES = 4;
/** Transfers of the zone, and "all there is": for nobody. */
const REFUSED_TYPES: ReadonlySet<number> = new Set([251, 252, 253, 254, 255]);
const OPCODE_QUERY = 0;

const { TYPE, CLASS, RCODE } = Packet;

interface Answer {
  readonly rcode: number;
  readonly isAuthoritative: boolean;
  readonly answers?: readonly Resource[];
  readonly authorities?: readonly Resource[];
}

/** The reply, or null when it is better to be silent: to replies (they could go round for ever) and to fragments. */
export function answerMessage(content: ZoneContent, message: Buffer, transport: Transport): Buffer | null {
  if (message.length < HEADER_BYTES || isReply(message)) return null;
  const request = isQuestionSized(message) ? parse(message) : null;
  if (request === null) return bareReply(message, RCODE.FORMERR);
  if (request.header.opcode !== OPCODE_QUERY) return bareReply(message, RCODE.NOTIMP);
  const [question, ...more] = request.questions;
  if (question === undefined || more.length > 0 || !isReadAsWritten(question, message)) {
    return bareReply(message, RCODE.FORMERR);
  }
  const options = request.additionals.filter(({ type }) => type === TYPE.EDNS);
  if (options.length > 1) return bareReply(message, RCODE.FORMERR);
  const [edns] = options;
  const isTooNew = (edns?.version ?? 0) > 0;
  const answer = isTooNew ? refusal(RCODE.BADVERS) : answerQuestion(content, question);
  return encode(answer, { request, question, edns, limitBytes: limitOf(transport, edns) });
}

function isReply(message: Buffer): boolean {
  return ((message[2] ?? 0) & 0x80) !== 0;
}

/** Before it is parsed: many records whose names are chains of pointers would keep the processor busy. */
function isQuestionSized(message: Buffer): boolean {
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  return questions === 1 && answers === 0 && authorities === 0 && (additionals ?? 0) <= ADDITIONALS_MAX;
}

function parse(message: Buffer): Packet | null {
  try {
    const packet = Packet.parse(message);
    return packet.errors.length === 0 ? packet : null;
  } catch {
    return null;
  }
}

/** The codec joins labels by dots: a name with a dot in a label, or with pointers, would come back as another one. */
function isReadAsWritten(question: Question, message: Buffer): boolean {
  const name = Packet.Name.encode(question.name);
  const end = HEADER_BYTES + name.length;
  return message.length >= end + QUESTION_TAIL_BYTES && name.equals(message.subarray(HEADER_BYTES, end));
}

function answerQuestion(content: ZoneContent, question: Question): Answer {
  const label = labelIn(content.zone, question.name.toLowerCase());
  if (label === null || question.class !== CLASS.IN) return refusal(RCODE.REFUSED);
  if (REFUSED_TYPES.has(question.type)) return refusal(RCODE.REFUSED);
  const answers = recordsOf(content, label, question);
  if (answers.length > 0) return { rcode: RCODE.NOERROR, isAuthoritative: true, answers };
  const rcode = isThere(content, label) ? RCODE.NOERROR : RCODE.NXDOMAIN;
  return { rcode, isAuthoritative: true, authorities: [soaOf(content, content.zone, TEXT_TTL_S)] };
}

function refusal(rcode: number): Answer {
  return { rcode, isAuthoritative: false };
}

/** Empty for the zone itself; null outside of it. */
function labelIn(zone: string, name: string): string | null {
  if (name === zone) return "";
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : null;
}

function recordsOf(content: ZoneContent, label: string, { name, type }: Question): readonly Resource[] {
  if (type === TYPE.TXT) {
    const record = { name, type, class: CLASS.IN, ttl: TEXT_TTL_S };
    return (content.texts.get(label) ?? []).map((text) => new Packet.Resource({ ...record, data: [text] }));
  }
  if (label !== "") return [];
  if (type === TYPE.SOA) return [soaOf(content, name, ZONE_TTL_S)];
  if (type !== TYPE.NS) return [];
  return [new Packet.Resource({ name, type, class: CLASS.IN, ttl: ZONE_TTL_S, ns: content.nameServer })];
}

/** A name exists when something is at it or below it (RFC 8020): else resolvers would not look below. */
function isThere({ texts }: ZoneContent, label: string): boolean {
  if (label === "" || texts.has(label)) return true;
  return [...texts.keys()].some((one) => one.endsWith(`.${label}`));
}

function soaOf({ zone, nameServer, serial }: ZoneContent, name: string, ttl: number): Resource {
  return new Packet.Resource({
    name,
    type: TYPE.SOA,
    class: CLASS.IN,
    ttl,
    primary: nameServer,
    admin: `hostmaster.${zone}`,
    serial,
    refresh: 3600,
    retry: 600,
    expiration: 86_400,
    minimum: TEXT_TTL_S,
  });
}

function limitOf(transport: Transport, edns: Resource | undefined): number {
  if (transport === "tcp") return TCP_BYTES;
  if (edns === undefined) return PLAIN_UDP_BYTES;
  return Math.min(Math.max(edns.class, PLAIN_UDP_BYTES), EDNS_UDP_BYTES);
}

interface ReplyFrame {
  readonly request: Packet;
  readonly question: Question;
  readonly edns: Resource | undefined;
  readonly limitBytes: number;
}

function encode(answer: Answer, frame: ReplyFrame): Buffer {
  const whole = toBuffer(answer, frame, 0);
  // Nothing of it, rather than a part that somebody takes for all.
  return whole.length <= frame.limitBytes ? whole : toBuffer({ ...answer, answers: [] }, frame, 1);
}

function toBuffer(answer: Answer, { request, question, edns }: ReplyFrame, tc: 0 | 1): Buffer {
  const { id, rd } = request.header;
  const aa = answer.isAuthoritative ? 1 : 0;
  const reply = new Packet(new Packet.Header({ id, rd, aa, tc, qr: 1, rcode: answer.rcode }));
  reply.questions = [question];
  reply.answers = [...(answer.answers ?? [])];
  reply.authorities = [...(answer.authorities ?? [])];
  if (edns !== undefined) {
    const doFlag = edns.doFlag === true;
    reply.additionals = [Packet.Resource.EDNS([], { udpPayloadSize: EDNS_UDP_BYTES, doFlag })];
  }
  return reply.toBuffer();
}

/** To what could not be read: its header, and nothing of it else. */
function bareReply(message: Buffer, rcode: number): Buffer {
  const reply = Buffer.alloc(HEADER_BYTES);
  message.copy(reply, 0, 0, 2);
  const [opcode, recursionDesired] = [(message[2] ?? 0) & 0x78, (message[2] ?? 0) & 0x01];
  reply[2] = 0x80 | opcode | recursionDesired;
  reply[3] = rcode;
  return reply;
}
