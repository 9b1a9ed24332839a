/**
 * Child process: connections that resume a TLS session, one after the other on each of some tracks, with one request each.
 * wrk cannot do that. Arguments: port, host, tracks, seconds. Prints how many there were; fails if one was not resumed.
 */
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";

const [port = 0, tracks = 0, seconds = 0] = [2, 4, 5].map((index) => Number(process.argv[index]));
const host = process.argv[3] ?? "";
const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

const session = await newSession();
const endMs = performance.now() + seconds * 1_000;
const counts = await Promise.all(Array.from({ length: tracks }, track));
process.stdout.write(`${counts.reduce((sum, count) => sum + count, 0)}\n`);

async function track(): Promise<number> {
  let count = 0;
  while (performance.now() < endMs) {
    if (!(await exchange(open(session)))) throw new Error("the session was not resumed");
    count += 1;
  }
  return count;
}

async function newSession(): Promise<Buffer> {
  const socket = open();
  const [received] = await Promise.all([once(socket, "session"), exchange(socket)]);
  return received[0] as Buffer;
}

function open(session?: Buffer): TLSSocket {
  const resumed = session === undefined ? {} : { session };
  return connect({ host: "127.0.0.1", port, servername: host, rejectUnauthorized: false, ...resumed });
}

/** Whether it was resumed. */
async function exchange(socket: TLSSocket): Promise<boolean> {
  let answer = "";
  let isResumed = false;
  socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
  socket.once("secureConnect", () => {
    isResumed = socket.isSessionReused();
    socket.write(request);
  });
  await once(socket, "end");
  socket.destroy();
  if (!answer.startsWith("HTTP/1.1 200")) throw new Error(`the answer was ${answer.slice(0, 100)}`);
  return isResumed;
}
