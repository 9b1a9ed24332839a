import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, expect, it } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import { handshake } from "./handshake.ts";
import { makeCertificate } from "./testing/certificates.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = async (server: Server): Promise<number> => {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

const never = new AbortController().signal;

it("tells what was shown, and asks for a name that a wildcard covers", async () => {
  const { chainPem: cert, keyPem: key, fingerprint } = await makeCertificate(["*.shop.test"]);
  const asked: string[] = [];
  const server = createTlsServer({ cert, key, ALPNProtocols: ["http/1.1"] }, (socket) => {
    asked.push(`${String(socket.servername)} ${String(socket.alpnProtocol)}`);
  });
  const target = { bindAddress: "*", port: await listen(server) };
  const result = { isDone: true, fingerprint, protocol: "TLSv1.3" };
  for (const name of ["*.shop.test", "a.shop.test", "127.0.0.1"])
    expect(await handshake({ ...target, name }, never)).toEqual(result);
  await waitFor(() => asked.length === 3, { what: "the server to see three whole handshakes" });
  expect(asked).toEqual(["slipway-handshake.shop.test http/1.1", "a.shop.test http/1.1", "false http/1.1"]);
});

it("tells that nobody listens, that it is no TLS, and that nothing comes", async () => {
  const closed = createServer();
  const gone = { bindAddress: "127.0.0.1", port: await listen(closed), name: "shop.test" };
  closed.close();
  const plain = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const silent = createServer((socket) => socket.on("error", () => undefined));
  const problemOf = async (port: number): Promise<string> => {
    const result = await handshake({ ...gone, port }, never);
    return result.isDone ? "done" : result.problem;
  };
  expect(await problemOf(gone.port)).toBe(
    `The TLS handshake with 127.0.0.1 port ${gone.port} for shop.test failed (ECONNREFUSED).`,
  );
  expect(await problemOf(await listen(plain))).toMatch(
    /failed \((ERR_SSL_WRONG_VERSION_NUMBER|EPROTO|ECONNRESET)\)\.$/,
  );
  expect(await problemOf(await listen(silent))).toMatch(/^No TLS handshake .* within 3 s\.$/);
});

it("rejects when the caller gives up", async () => {
  const port = await listen(createServer());
  const giving = new AbortController();
  const waiting = handshake({ bindAddress: "127.0.0.1", port, name: "shop.test" }, giving.signal);
  giving.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});
