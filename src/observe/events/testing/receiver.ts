/** A webhook endpoint of a test: a real server that answers as it is told and keeps what it was sent. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** What it does with the next messages; 204 at first. */
  answer: (response: ServerResponse, message: Received, request: IncomingMessage) => void;
}

/** With a certificate it speaks TLS. */
export async function startReceiver(
  certificate?: Readonly<Record<"cert" | "key", string>>,
): Promise<Receiver> {
  const received: Received[] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    void text(request).then(
      (body) => {
        const message = { headers: request.headers, body };
        received.push(message);
        receiver.answer(response, message, request);
        return undefined;
      },
      () => undefined,
    );
  };
  const server =
    certificate === undefined ? createServer(onRequest) : createTlsServer(certificate, onRequest);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}/hook`,
    received,
    answer: (response) => void response.writeHead(204).end(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return receiver;
}
