/** The parts of acme-client that we use and that it has no types for. */
declare module "acme-client/src/http.js" {
  import type { IncomingHttpHeaders } from "node:http";

  interface Reply {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly data: unknown;
  }
  export default class HttpClient {
    constructor(
      directoryUrl: string,
      accountKey: string,
      externalAccountBinding?: { readonly kid: string; readonly hmacKey: string },
    );
    maxBadNonceRetries: number;
    request(url: string, method: string, options: { readonly data: unknown }): Promise<Reply>;
    getNonce(): Promise<string>;
    signedRequest(
      url: string,
      payload: object | null,
      options: {
        readonly kid: string | null;
        readonly nonce: string | null;
        readonly includeExternalAccountBinding: boolean;
      },
    ): Promise<Reply>;
  }
}

declare module "acme-client/src/crypto/index.js" {
  import type { crypto } from "acme-client";

  const library: typeof crypto;
  export default library;
}
