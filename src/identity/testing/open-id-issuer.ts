/** An OpenID provider on loopback for tests, the library's own, and a browser that says yes to everything it asks. */
import { generateKeyPairSync, type JsonWebKey, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export const CLIENT_SECRET = "the client's own secret";

export interface OpenIdIssuer {
  readonly url: string;
  /** Discoveries so far. */
  asked(): number;
  restart(key?: JsonWebKey): Promise<void>;
  close(): Promise<void>;
}

const signingKey = (): JsonWebKey => ({
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
  kid: randomBytes(4).toString("hex"),
  use: "sig",
});

/** The library's own provider, whose accounts tell what each test wants. */
export async function startIssuer(
  callbackUrl: string,
  claims: Readonly<Record<string, unknown>>,
  fixedPort = 0,
): Promise<OpenIdIssuer> {
  let asked = 0;
  let handle: ReturnType<Provider["callback"]>;
  const server = createServer((request, response) => {
    if (request.url?.includes("openid-configuration") === true) asked += 1;
    void handle(request, response);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  await listen(fixedPort);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const provider = (key: JsonWebKey) =>
    withoutAdvice(
      () =>
        new Provider(url, {
          jwks: { keys: [key] },
          clients: [
            {
              client_id: "slipway",
              client_secret: CLIENT_SECRET,
              redirect_uris: [callbackUrl],
              post_logout_redirect_uris: [new URL("/sign-in", callbackUrl).href],
            },
          ],
          claims: { openid: ["sub"], profile: Object.keys(claims) },
          findAccount: (_context: unknown, id: string) => ({
            accountId: id,
            claims: () => ({ sub: id, ...claims }),
          }),
          pkce: { required: () => true },
          ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
        }),
    );
  handle = provider(signingKey()).callback();
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return {
    url,
    asked: () => asked,
    restart: async (key = signingKey()) => {
      handle = provider(key).callback();
      if (!server.listening) await listen(port);
    },
    close,
  };
}

/** A browser that says yes to everything: follows to the sign-in page, types a name, agrees, and comes back. */
export async function visit(url: string, callbackUrl: string): Promise<string> {
  const jar = new Map<string, string>();
  let next = new URL(url);
  let form: string | null = null;
  for (let hops = 0; hops < 20; hops++) {
    const reply: Response = await fetch(next, {
      method: form === null ? "GET" : "POST",
      redirect: "manual",
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form !== null && { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form !== null && { body: form }),
    });
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const location = reply.headers.get("location");
    const page = await reply.text();
    if (location !== null) {
      next = new URL(location, next);
      form = null;
      if (next.href.startsWith(callbackUrl)) return next.search.slice(1);
      continue;
    }
    const [, action] = /action="([^"]+)"/.exec(page) ?? [];
    if (action === undefined) throw new Error(`no form at ${next.href}: ${page.slice(0, 200)}`);
    next = new URL(action, next);
    form = page.includes('value="login"') ? "prompt=login&login=ann&password=x" : "prompt=consent";
  }
  throw new Error("too many hops");
}

/** Its warnings are for those who run it in earnest. */
function withoutAdvice<Result>(work: () => Result): Result {
  const { warn } = console;
  Object.assign(console, { warn: () => undefined });
  try {
    return work();
  } finally {
    Object.assign(console, { warn });
  }
}
