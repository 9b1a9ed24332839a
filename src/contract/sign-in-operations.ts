// Our own operations about signing in to the console, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

export const signInOperations = {
  CreateSignInLink: {
    input: "CreateSignInLinkRequest",
    output: "CreateSignInLinkResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException"],
    says: "Makes a link that signs its caller in to the console once; for root and for users with an access key.",
  },
  ListSignInSessions: {
    input: "ListSignInSessionsRequest",
    output: "ListSignInSessionsResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException", "ResourceNotFoundException"],
    says: "Lists where a user is signed in to the console, newest first.",
  },
  EndSignInSessions: {
    input: "EndSignInSessionsRequest",
    output: "EndSignInSessionsResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException", "ResourceNotFoundException"],
    says: "Ends one session of a user in the console, or all of them. What the user may do is not changed by it.",
  },
} as const satisfies OperationModels;

export const signInShapes = {
  CreateSignInLinkRequest: { kind: "structure", members: {} },
  CreateSignInLinkResponse: {
    kind: "structure",
    members: {
      Url: { type: "string", required: true, says: "where to open it; who has it signs in as the caller" },
      ExpiresAt: { type: "timestamp", required: true, says: "a minute after it was made" },
    },
  },
  ListSignInSessionsRequest: {
    kind: "structure",
    members: { UserName: { type: "string", required: true, says: "whose" } },
  },
  ListSignInSessionsResponse: {
    kind: "structure",
    members: {
      Sessions: { type: "SignInSessionList", required: true, says: "twenty at most; may be empty" },
    },
  },
  SignInSessionList: { kind: "list", element: "SignInSession" },
  SignInSession: {
    kind: "structure",
    members: {
      SessionId: { type: "string", required: true, says: "for EndSignInSessions; nobody gets in with it" },
      Method: { type: "SignInMethod", required: true, says: "how it began" },
      StartedAt: { type: "timestamp", required: true, says: "when it did" },
      LastSeenAt: { type: "timestamp", required: true, says: "when it was used last, to the minute" },
      EndsAt: { type: "timestamp", required: true, says: "when it ends, however busy it is" },
      SourceAddress: { type: "string", says: "of who signed in; absent when unknown" },
      UserAgent: { type: "string", says: "of the browser; absent when unknown" },
    },
  },
  SignInMethod: { kind: "enum", values: ["password", "link", "oidc"] },
  EndSignInSessionsRequest: {
    kind: "structure",
    members: {
      UserName: { type: "string", required: true, says: "whose" },
      SessionId: { type: "string", says: "which one; left out: all" },
    },
  },
  EndSignInSessionsResponse: { kind: "structure", members: {} },
} as const satisfies Shapes;
