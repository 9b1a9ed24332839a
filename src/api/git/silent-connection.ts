/**
 * Ends an exchange in which nothing comes and nothing is taken any more. Whoever waits for a deployment is not silent: git
 * sends signs of life every five seconds.
 */
import type { ServerResponse } from "node:http";

/** Until the response is closed; `end` is aborted, and the connection closed, after so long a silence. */
export function endWhenSilent(response: ServerResponse, end: AbortController, silenceMs: number): void {
  const { socket } = response.req;
  const leave = (): void => {
    end.abort();
    response.destroy();
  };
  socket.setTimeout(silenceMs, leave);
  response.once("close", () => {
    socket.setTimeout(0);
    socket.off("timeout", leave);
  });
}
