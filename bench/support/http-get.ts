/** One GET on a connection of its own, as a first visitor makes it. Null when nobody answered. */
import { request } from "node:http";

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly host: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const TIMEOUT_MS = 5_000;

export function httpGet({ address, port, host }: Target): Promise<Answer | null> {
  return new Promise((resolve) => {
    const options = {
      host: address,
      port,
      agent: false,
      headers: { host },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const call = request(options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("error", () => resolve(null));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("error", () => resolve(null)).end();
  });
}
