// Our own operation on keys of KMS, in the words of shape.ts: what people look for, in one answer.
import type { OperationModels, Shapes } from "./shape.ts";

export const keyOperations = {
  ListEncryptionKeys: {
    input: "ListEncryptionKeysRequest",
    output: "ListEncryptionKeysResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException"],
    says: "Lists the keys for encryption with their aliases and the services that use them, oldest first.",
  },
} as const satisfies OperationModels;

const required = true;

export const keyShapes = {
  ListEncryptionKeysRequest: { kind: "structure", members: {} },
  ListEncryptionKeysResponse: {
    kind: "structure",
    members: { Keys: { type: "EncryptionKeyList", required, says: "all that are not deleted" } },
  },
  EncryptionKeyList: { kind: "list", element: "EncryptionKeyEntry" },
  EncryptionKeyEntry: {
    kind: "structure",
    members: {
      KeyId: { type: "string", required, says: "a UUID" },
      KeyArn: { type: "string", required, says: "as EncryptionConfiguration names it" },
      Description: { type: "string", required, says: "what it is for; may be empty" },
      Aliases: { type: "EncryptionKeyAliases", required, says: "its other names, with alias/" },
      KeyState: { type: "EncryptionKeyState", required, says: "whether it can be used" },
      CreatedAt: { type: "timestamp", required, says: "when it was made" },
      DeletionDate: {
        type: "timestamp",
        says: "when its material is erased; absent unless that was asked for",
      },
      Services: { type: "EncryptionKeyServices", required, says: "whose logs are under it" },
    },
  },
  EncryptionKeyAliases: { kind: "list", element: "string" },
  EncryptionKeyState: { kind: "enum", values: ["Enabled", "Disabled", "PendingDeletion"] },
  EncryptionKeyServices: { kind: "list", element: "EncryptionKeyService" },
  EncryptionKeyService: {
    kind: "structure",
    members: {
      ServiceName: { type: "string", required, says: "its name" },
      ServiceArn: { type: "string", required, says: "its ARN" },
    },
  },
} as const satisfies Shapes;
