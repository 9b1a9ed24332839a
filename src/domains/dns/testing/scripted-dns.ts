/** A DNS server that says what a test wants, over UDP and TCP, and remembers what it was asked. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { Packet } from "dns2";
import { freePort } from "../../../../test/support/free-port.ts";

type RecordType = "A" | "AAAA" | "CNAME" | "NS" | "TXT";

/** `shop.example.com CNAME x.example.net`, as in a zone file without times. */
export type RecordLine = `${string} ${RecordType} ${string}`;

export interface Script {
  /** Answered with authority: its records, NXDOMAIN for all other names in it. */
  readonly zone: string;
  readonly records?: readonly RecordLine[];
  /** Zones below that others answer: NS and their addresses. */
  readonly delegations?: readonly RecordLine[];
  /** Names (or a type of one: `shop.example.com A`) that get this code instead. */
  readonly codes?: Readonly<Record<string, number>>;
  /** Names that are never answered; `*` for all. */
  readonly silent?: readonly string[];
  /** Replies over UDP are cut to nothing. */
  readonly isCut?: boolean;
  /** Does not vouch for its answers. */
  readonly isLame?: boolean;
}

export interface ScriptedDns extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** As `shop.example.com CNAME`. */
  readonly asked: readonly string[];
}

export async function startDns(
  script: Script,
  { address = "127.0.0.1", port = 0 }: { readonly address?: string; readonly port?: number } = {},
): Promise<ScriptedDns> {
  const usedPort = port === 0 ? await freePort() : port;
  const asked: string[] = [];
  const answer = (message: Buffer, isCut: boolean): Buffer | null => {
    const request = Packet.parse(message);
    const [{ name, type } = { name: "", type: 0 }] = request.questions;
    asked.push(`${name} ${Packet.typeName(type)}`);
    const isSilent = script.silent?.some((one) => one === "*" || one === name) ?? false;
    return isSilent ? null : replyTo(script, request, isCut);
  };
  const udp = createSocket("udp4");
  udp.on("message", (message, { port: to, address: client }) => {
    const reply = answer(message, script.isCut ?? false);
    if (reply !== null) udp.send(reply, to, client);
  });
  udp.bind(usedPort, address);
  await once(udp, "listening");
  const tcp = createServer((connection) => {
    connection.on("error", () => undefined);
    connection.once("data", (chunk: Buffer) => {
      const reply = answer(chunk.subarray(2), false);
      if (reply !== null)
        connection.end(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 255]), reply]));
    });
  });
  tcp.listen(usedPort, address);
  await once(tcp, "listening");
  return {
    address,
    port: usedPort,
    asked,
    async [Symbol.asyncDispose]() {
      udp.close();
      tcp.close();
      await once(tcp, "close");
    },
  };
}

function replyTo(script: Script, request: Packet, isCut: boolean): Buffer {
  const { zone, records = [], delegations = [], codes = {}, isLame = false } = script;
  const [question] = request.questions;
  if (question === undefined) throw new Error("no question");
  const name = question.name.toLowerCase();
  const reply = new Packet(new Packet.Header({ id: request.header.id, qr: 1, aa: isLame ? 0 : 1 }));
  reply.questions = [question];
  const isIn = (outer: string) => outer === "" || name === outer || name.endsWith(`.${outer}`);
  const delegation = delegations.find((line) => line.split(" ")[1] === "NS" && isIn(nameOf(line)));
  const own = records.filter((line) => nameOf(line) === name).map(toResource);
  const code = codes[`${name} ${Packet.typeName(question.type)}`] ?? codes[name];
  if (code !== undefined) reply.header.rcode = code;
  else if (delegation !== undefined) {
    reply.header.aa = 0;
    reply.authorities = delegations.filter((line) => line.split(" ")[1] === "NS").map(toResource);
    reply.additionals = delegations.filter((line) => line.split(" ")[1] !== "NS").map(toResource);
  } else if (!isIn(zone)) reply.header.rcode = Packet.RCODE.REFUSED;
  else if (own.length === 0) reply.header.rcode = Packet.RCODE.NXDOMAIN;
  else reply.answers = own.filter(({ type }) => type === question.type || type === Packet.TYPE.CNAME);
  if (isCut) [reply.header.tc, reply.answers] = [1, []];
  return reply.toBuffer();
}

function nameOf(line: RecordLine): string {
  return line.split(" ")[0] ?? "";
}

function toResource(line: RecordLine) {
  const [name = "", type = "A", value = ""] = line.split(" ");
  const code = Packet.TYPE[type as RecordType];
  const members = { A: "address", AAAA: "address", CNAME: "domain", NS: "ns", TXT: "data" } as const;
  return new Packet.Resource({ name, type: code, class: 1, ttl: 1, [members[type as RecordType]]: value });
}
