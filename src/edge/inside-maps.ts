/**
 * Three maps of the internal listeners: name → `own-host/ingress` or `own-host/`; address of an instance → service; and
 * `service/own-host` → `1` for who may call whom. No frontend for the public reads them, so nothing in them leads there.
 */
import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { SlipwayError } from "../domain/error.ts";
import type { InternalWish } from "../ports/edge-internal.ts";
import { isMissing, writeDurably } from "./durable-file.ts";
import { isHostName, mapKey, renderMap } from "./host-map.ts";
import type { EdgeLayout } from "./layout.ts";

const SERVICE_ID = /^[0-9a-f]{32}$/;
const INGRESS = "ingress";

type Values = ReadonlyMap<string, string>;

export class InsideMaps {
  readonly #layout: EdgeLayout;
  names: Values = new Map();
  callers: Values = new Map();
  connections: Values = new Map();
  #isLoaded = false;

  constructor(layout: EdgeLayout) {
    this.#layout = layout;
  }

  /** What memory knows wins; what it does not know yet is read. A line that is not ours leads nowhere. */
  async reconcile(): Promise<void> {
    const { insideNames, insideCallers, insideConnections } = this.#layout;
    if (!this.#isLoaded) {
      this.names = await read(insideNames, (name, value) => isHostName(name) && isName(value));
      this.callers = await read(insideCallers, (address, id) => isIPv4(address) && SERVICE_ID.test(id));
      this.connections = await read(insideConnections, (pair, value) => isPair(pair) && value === "1");
      this.#isLoaded = true;
    }
    await Promise.all([...this.all()].map(([file, values]) => writeDurably(file, renderMap(values))));
  }

  /** By their files. Connections last: a name that nobody may call leads nowhere. */
  all(): ReadonlyMap<string, Values> {
    const { insideNames, insideCallers, insideConnections } = this.#layout;
    return new Map([
      [insideNames, this.names],
      [insideCallers, this.callers],
      [insideConnections, this.connections],
    ]);
  }

  /** Throws InvalidParameter. True when something changed. */
  async setWish({ names, connections }: InternalWish): Promise<boolean> {
    const wished = new Map(
      Array.from(names, ([name, { host, isIngress }]) => [
        mapKey(name),
        `${mapKey(host)}/${isIngress ? INGRESS : ""}`,
      ]),
    );
    const pairs = new Map(
      connections.map(({ callerId, host }) => [`${checkedId(callerId)}/${mapKey(host)}`, "1"]),
    );
    const isNew = !isSame(this.names, wished) || !isSame(this.connections, pairs);
    if (!isNew) return false;
    await writeDurably(this.#layout.insideConnections, renderMap(pairs));
    await writeDurably(this.#layout.insideNames, renderMap(wished));
    this.connections = pairs;
    this.names = wished;
    return true;
  }

  /** True when something changed. Throws InvalidParameter. */
  async setCaller(address: string, serviceId: string | null): Promise<boolean> {
    if ((this.callers.get(address) ?? null) === serviceId) return false;
    if (!isIPv4(address)) throw invalid("address", address);
    const next = new Map(this.callers);
    if (serviceId === null) next.delete(address);
    else next.set(address, checkedId(serviceId));
    await writeDurably(this.#layout.insideCallers, renderMap(next));
    this.callers = next;
    return true;
  }
}

function isName(value: string): boolean {
  const [host = "", kind, ...rest] = value.split("/");
  return isHostName(host) && (kind === "" || kind === INGRESS) && rest.length === 0;
}

function isPair(pair: string): boolean {
  const [id = "", host = "", ...rest] = pair.split("/");
  return SERVICE_ID.test(id) && isHostName(host) && rest.length === 0;
}

function checkedId(id: string): string {
  if (SERVICE_ID.test(id)) return id;
  throw invalid("serviceId", id);
}

function invalid(path: string, text: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem: `"${text}" is none` });
}

function isSame(one: Values, other: Values): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

async function read(path: string, isOurs: (key: string, value: string) => boolean): Promise<Values> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return "";
    throw error;
  });
  const rows = text.split("\n").map((line) => line.split(" "));
  return new Map(
    rows.flatMap(([key = "", value = "", ...rest]) =>
      rest.length === 0 && isOurs(key, value) ? [[key, value] as const] : [],
    ),
  );
}
