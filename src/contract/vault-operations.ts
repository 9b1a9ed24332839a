// Our own operations about the vault's master key, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

const errors = ["InternalServiceErrorException", "InvalidRequestException", "InvalidStateException"] as const;

export const vaultOperations = {
  GetVaultStatus: {
    input: "GetVaultStatusRequest",
    output: "VaultState",
    errors,
    says: "Tells under which master key the vault is, and whether a rotation waits for something.",
  },
  RotateMasterKey: {
    input: "RotateMasterKeyRequest",
    output: "VaultState",
    errors,
    says: "Wraps the vault's keys under the next master key; what was sealed before is still opened.",
  },
} as const satisfies OperationModels;

export const vaultShapes = {
  GetVaultStatusRequest: { kind: "structure", members: {} },
  RotateMasterKeyRequest: { kind: "structure", members: {} },
  VaultState: {
    kind: "structure",
    members: {
      Origin: { type: "MasterKeyOrigin", required: true, says: "where the master key came from" },
      MasterKeyId: { type: "string", required: true, says: "tells one master key from another; not secret" },
      NextMasterKeyId: {
        type: "string",
        says: "of a key that opens the vault as well, and waits to be made the present one; else absent",
      },
      DataKeys: { type: "integer", required: true, says: "keys under the master key" },
      RotatedAt: { type: "timestamp", says: "when the master key became another; absent when it never did" },
      OldFiles: {
        type: "MasterKeyFileList",
        required: true,
        says: "files with master keys that only older backups of the database need",
      },
    },
  },
  MasterKeyOrigin: { kind: "enum", values: ["file", "environment", "command"] },
  MasterKeyFileList: { kind: "list", element: "string" },
} as const satisfies Shapes;
