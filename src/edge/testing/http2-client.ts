/** An HTTP/2 client for tests, over TLS or with prior knowledge. */
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { text } from "node:stream/consumers";

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
}

export class Http2Client {
  readonly session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.session = session;
  }

  /** Without a server name: no TLS. */
  static async connect(port: number, serverName?: string): Promise<Http2Client> {
    const scheme = serverName === undefined ? "http" : "https";
    const options = serverName === undefined ? {} : { servername: serverName, rejectUnauthorized: false };
    const session = connect(`${scheme}://127.0.0.1:${port}`, options);
    session.on("error", () => undefined);
    await once(session, "connect");
    return new Http2Client(session);
  }

  open(host: string, path = "/", headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
    return this.session.request({ ":authority": host, ":path": path, ...headers });
  }

  async get(host: string, path = "/", headers: OutgoingHttpHeaders = {}): Promise<Http2Answer> {
    return answerOf(this.open(host, path, headers).end());
  }

  async close(): Promise<void> {
    if (this.session.closed) return;
    this.session.close();
    await once(this.session, "close");
  }
}

/** All of a stream's answer. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (found: IncomingHttpHeaders) => (trailers = found));
  // Both at once: a stream that ends before somebody reads it is closed with what it brought.
  const [body, [headers]] = await Promise.all([
    text(stream),
    once(stream, "response") as Promise<[IncomingHttpHeaders]>,
  ]);
  return { status: Number(headers[":status"]), headers, body, trailers };
}
