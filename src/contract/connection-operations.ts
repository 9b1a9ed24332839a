// Our own operations on connections to Git hosts and on the watching of sources, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;
const notFound = [...common, "ResourceNotFoundException"] as const;

export const connectionOperations = {
  CompleteConnection: {
    input: "CompleteConnectionRequest",
    output: "CompleteConnectionResponse",
    errors: notFound,
    says: "Ends the handshake of a connection: takes a credential, checks it with the provider and keeps it sealed.",
  },
  DescribeConnection: {
    input: "DescribeConnectionRequest",
    output: "DescribeConnectionResponse",
    errors: notFound,
    says: "Tells how a connection stands and, when it does not work, why.",
  },
  DescribeSourceWatch: {
    input: "DescribeSourceWatchRequest",
    output: "DescribeSourceWatchResponse",
    errors: notFound,
    says: "Tells how a service's source is watched for new versions, and the address and secret of its webhook.",
  },
  RotateWebhookSecret: {
    input: "RotateWebhookSecretRequest",
    output: "RotateWebhookSecretResponse",
    errors: notFound,
    says: "Gives a service's webhook a new secret; the old one is refused from then on.",
  },
} as const satisfies OperationModels;

export const connectionShapes = {
  CompleteConnectionRequest: {
    kind: "structure",
    members: {
      ConnectionArn: { type: "string", required: true, says: "ARN of the connection" },
      ServerUrl: {
        type: "string",
        says: "https://host[:port][/path], or ssh://host[:port] for a deploy key; may be left out for github.com, gitlab.com and bitbucket.org",
      },
      Token: { type: "ConnectionToken", says: "an access token; give exactly one credential" },
      DeployKey: { type: "ConnectionDeployKey", says: "a key for ssh" },
      GitHubApp: { type: "ConnectionGitHubApp", says: "an installed GitHub App" },
    },
  },
  ConnectionToken: {
    kind: "structure",
    members: {
      Username: { type: "string", says: "the name that belongs to it, where the provider wants one" },
      Token: { type: "TokenText", required: true, says: "token or password" },
    },
  },
  ConnectionDeployKey: {
    kind: "structure",
    members: {
      PrivateKey: { type: "PrivateKeyText", required: true, says: "OpenSSH or PEM, without a passphrase" },
      KnownHosts: {
        type: "string",
        says: "lines of a known_hosts file; without them the host's key is kept at first use",
      },
    },
  },
  ConnectionGitHubApp: {
    kind: "structure",
    members: {
      AppId: { type: "string", required: true, says: "number or client id of the app" },
      InstallationId: { type: "string", required: true, says: "number of its installation" },
      PrivateKey: { type: "PrivateKeyText", required: true, says: "PEM" },
    },
  },
  TokenText: { kind: "sensitive" },
  PrivateKeyText: { kind: "sensitive" },
  CompleteConnectionResponse: {
    kind: "structure",
    members: { Connection: { type: "Connection", required: true, says: "the connection as it is now" } },
  },

  DescribeConnectionRequest: {
    kind: "structure",
    members: { ConnectionArn: { type: "string", required: true, says: "ARN of the connection" } },
  },
  DescribeConnectionResponse: {
    kind: "structure",
    members: {
      Connection: { type: "Connection", required: true, says: "the connection as AWS's operations show it" },
      ServerUrl: { type: "string", says: "address of the provider; absent before the handshake" },
      Problem: {
        type: "string",
        says: "ERROR: why; AVAILABLE: what could not be checked; absent when all is well",
      },
    },
  },

  DescribeSourceWatchRequest: {
    kind: "structure",
    members: { ServiceArn: { type: "string", required: true, says: "ARN of the service" } },
  },
  DescribeSourceWatchResponse: {
    kind: "structure",
    members: { SourceWatch: { type: "SourceWatch", required: true, says: "how the source is watched" } },
  },
  RotateWebhookSecretRequest: {
    kind: "structure",
    members: { ServiceArn: { type: "string", required: true, says: "ARN of the service" } },
  },
  RotateWebhookSecretResponse: {
    kind: "structure",
    members: { SourceWatch: { type: "SourceWatch", required: true, says: "with the new secret" } },
  },
  SourceWatch: {
    kind: "structure",
    members: {
      WebhookUrl: { type: "string", required: true, says: "where a Git host or registry tells of a push" },
      WebhookSecret: {
        type: "string",
        required: true,
        says: "signs the deliveries; for registries the bearer token",
      },
      IsWatched: {
        type: "boolean",
        required: true,
        says: "whether automatic deployments are on and the service runs",
      },
      HandledVersion: {
        type: "string",
        says: "the newest commit or digest that was taken up; absent before one was seen",
      },
      LastCheckAt: { type: "timestamp", says: "when the source was last asked" },
      Problem: { type: "string", says: "why it did not answer; absent when it did" },
      NextCheckAt: { type: "timestamp", says: "when it is asked next; absent when it is not watched" },
      LastDeliveryAt: { type: "timestamp", says: "when the webhook was last called with the right secret" },
      LastDeliveryId: { type: "string", says: "its id" },
      LastDeliveryResult: { type: "string", says: "what came of it" },
    },
  },
} as const satisfies Shapes;
