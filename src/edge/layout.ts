/** Where the edge keeps what it knows. Everything is below one directory; `run` holds what lasts only as long as HAProxy. */
import { join } from "node:path";

export interface EdgeLayout {
  readonly baseConfig: string;
  readonly slotDirectory: string;
  readonly hostMap: string;
  /** Further names of services, and answers to challenges by their paths. */
  readonly nameMap: string;
  /** What is wanted of requests: made of the host map. */
  readonly loggingMap: string;
  /** How far requests were told of. */
  readonly logPosition: string;
  readonly challengeMap: string;
  /** What plain HTTP to services' own hosts gets: one word. */
  readonly onHttp: string;
  readonly checkPathMap: string;
  readonly serverState: string;
  /** Certificates with their keys: the one for clients whose name has none, and a list of all others. */
  readonly certificateDirectory: string;
  readonly defaultCertificate: string;
  readonly certificateList: string;
  /** Unreadable state is moved here, so that a person can look at it. */
  readonly brokenDirectory: string;
  /** Root of HAProxy's workers when started by root. */
  readonly runDirectory: string;
  readonly runtimeSocket: string;
  readonly masterSocket: string;
  readonly handoverSocket: string;
  readonly tlsHandoverSocket: string;
  /** Requests that passed a gate, to the slot's instances; and those that shall meet it anew. */
  readonly passedSocket: string;
  readonly regateSocket: string;
  /** Requests that passed a guard. */
  readonly guardedSocket: string;
  /** Of the internal listeners: names, whose instance has which address, and who may call whom. */
  readonly insideNames: string;
  readonly insideCallers: string;
  readonly insideConnections: string;
  readonly insideSocket: string;
  /** Where the control plane hears of requests at gates. */
  readonly arrivalSocket: string;
  readonly gateScript: string;
  readonly supervisorScript: string;
  readonly supervisorPid: string;
  readonly haproxyPid: string;
  /** There while files are newer than what HAProxy has read, also when the one who wrote them was killed. */
  readonly reloadMark: string;
  /** What supervisor and HAProxy print. */
  readonly output: string;
}

export function edgeLayout(stateDirectory: string): EdgeLayout {
  const at = (...parts: readonly string[]): string => join(stateDirectory, ...parts);
  return {
    baseConfig: at("base.cfg"),
    slotDirectory: at("slots"),
    hostMap: at("hosts.map"),
    nameMap: at("names.map"),
    loggingMap: at("logging.map"),
    logPosition: at("run", "log-position"),
    challengeMap: at("challenges.map"),
    onHttp: at("on-http"),
    checkPathMap: at("check-paths.map"),
    serverState: at("server-state"),
    certificateDirectory: at("certificates"),
    defaultCertificate: at("certificates", "default.pem"),
    certificateList: at("certificates", "list"),
    brokenDirectory: at("broken"),
    runDirectory: at("run"),
    runtimeSocket: at("run", "haproxy.sock"),
    masterSocket: at("run", "master.sock"),
    handoverSocket: at("run", "handover.sock"),
    tlsHandoverSocket: at("run", "tls.sock"),
    passedSocket: at("run", "passed.sock"),
    regateSocket: at("run", "regate.sock"),
    guardedSocket: at("run", "guarded.sock"),
    insideNames: at("inside-names.map"),
    insideCallers: at("inside-callers.map"),
    insideConnections: at("inside-connections.map"),
    insideSocket: at("run", "inside.sock"),
    arrivalSocket: at("run", "arrivals.sock"),
    gateScript: at("gate.lua"),
    supervisorScript: at("supervisor.pl"),
    supervisorPid: at("run", "supervisor.pid"),
    haproxyPid: at("run", "haproxy.pid"),
    reloadMark: at("run", "reload-due"),
    output: at("run", "output.log"),
  };
}

export function slotFileName(slot: number): string {
  return `slot_${slot}.cfg`;
}

/** The slot a file of the slot directory describes, or null for a foreign file. */
export function slotOfFileName(name: string): number | null {
  const match = /^slot_(0|[1-9]\d{0,6})\.cfg$/.exec(name);
  return match === null ? null : Number(match[1]);
}
