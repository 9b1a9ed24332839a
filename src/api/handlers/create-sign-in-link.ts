import { WireError } from "../../contract/index.ts";
import { type SignInLink, SignInRefused } from "../../ports/sign-in.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { toDate } from "../wire/time.ts";

/** Ours: behind the `#`, so that it reaches no server, proxy or log on its way. */
export const createSignInLink: Handler<"CreateSignInLink"> = async (_input, context, caller) => {
  const { token, expiresAtMs } = linkFor(caller, context);
  return { Url: `${context.publicApiUrl}/console/#link=${token}`, ExpiresAt: toDate(expiresAtMs) };
};

function linkFor(caller: Parameters<typeof createSignInLink>[2], { signIn }: HandlerContext): SignInLink {
  try {
    return signIn.createLink(caller);
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    throw new WireError("InvalidRequestException", error.message);
  }
}
