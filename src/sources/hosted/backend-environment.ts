/** What `git http-backend` is told in its environment: the request, as a CGI program is, and settings that bound its work. Pure. */
import { join } from "node:path";
import type { HostedGitRequest } from "../../ports/hosted-repositories.ts";
import { gitEnvironment } from "../git/git-environment.ts";
import type { InstalledHook } from "./push-hook.ts";

export interface BackendRoom {
  /** Holds `repositories/` and `home/`. */
  readonly directory: string;
  readonly hook: InstalledHook;
  /** Of the push's channel; empty for everything else. */
  readonly socketPath: string;
  /** What the repository may still grow by. */
  readonly bytesLeft: number;
}

export function backendEnvironment(request: HostedGitRequest, room: BackendRoom): NodeJS.ProcessEnv {
  const { headers, name, path, method, query, remoteUser } = request;
  const protocol = headers["git-protocol"] ?? "";
  return gitEnvironment({
    home: join(room.directory, "home"),
    settings: settingsFor(request, room),
    variables: {
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROJECT_ROOT: join(room.directory, "repositories"),
      PATH_INFO: `/${name}.git/${path}`,
      REQUEST_METHOD: method,
      QUERY_STRING: query,
      CONTENT_TYPE: headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
      ...(/^version=\d$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
      REMOTE_USER: remoteUser.replaceAll(/[^\w@.-]/g, "_"),
      REMOTE_ADDR: "127.0.0.1",
      SLIPWAY_NODE: process.execPath,
      SLIPWAY_HOOK_SCRIPT: room.hook.script,
      SLIPWAY_HOOK_SOCKET: room.socketPath,
    },
  });
}

function settingsFor(
  { mayPush }: HostedGitRequest,
  { hook, bytesLeft }: BackendRoom,
): Readonly<Record<string, string>> {
  return {
    "core.hooksPath": hook.directory,
    "http.receivepack": String(mayPush),
    "http.uploadpack": "true",
    // Larger files pass in pieces instead of being held in memory.
    "core.bigFileThreshold": "32m",
    "pack.windowMemory": "128m",
    "pack.deltaCacheSize": "64m",
    // git's own limit names itself on the pusher's terminal. 0 would mean none.
    "receive.maxInputSize": String(Math.max(1, bytesLeft)),
    // Always one pack, never a file for each object.
    "receive.unpackLimit": "1",
    "receive.denyDeleteCurrent": "ignore",
    "receive.denyNonFastForwards": "false",
    "receive.autogc": "true",
    // Old objects of forced pushes go in time; git does it within the push, not behind our back.
    "gc.auto": "6700",
    "gc.autoDetach": "false",
    "gc.autoPackLimit": "50",
  };
}
