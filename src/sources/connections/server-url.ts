/** The address of a Git provider as a user gives it. Pure; never repeats what was given, for it may hold a password. */
import { SlipwayError } from "../../domain/error.ts";

const HTTP = new Set(["https:", "http:"]);
const SSH_PORT = 22;

/** For credentials that go over http: scheme, host, port and path, without a slash at the end. */
export function webServerUrl(given: string): string {
  const url = parse(given);
  if (!HTTP.has(url.protocol)) throw wrong("must begin with https:// or http:// for a token");
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

/** For keys: `ssh://host:port`, from any of the schemes. The host of a web address listens for ssh at the usual port. */
export function sshServerUrl(given: string): string {
  const url = parse(given);
  if (HTTP.has(url.protocol)) return `ssh://${url.hostname}:${SSH_PORT}`;
  if (url.protocol !== "ssh:") throw wrong("must begin with ssh:// or https:// for a deploy key");
  return `ssh://${url.hostname.toLowerCase()}:${url.port === "" ? SSH_PORT : url.port}`;
}

function parse(given: string): URL {
  if (!URL.canParse(given)) throw wrong("must be an address such as https://git.example.com");
  const url = new URL(given);
  if (url.username !== "" || url.password !== "") {
    throw wrong("must not hold a user name or password: these belong in the credential");
  }
  if (url.hostname === "" || url.search !== "" || url.hash !== "") {
    throw wrong("must be scheme, host, port and path, as in https://git.example.com");
  }
  return url;
}

function wrong(problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path: "ServerUrl", problem });
}
