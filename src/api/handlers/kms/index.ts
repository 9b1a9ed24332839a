/** Operation → handler, of KMS and of ours on its keys. */
import type { Handlers } from "../../handler.ts";
import { createAlias, deleteAlias, listAliases, updateAlias } from "./aliases.ts";
import { decrypt, encrypt, reEncrypt } from "./ciphertexts.ts";
import { createKey } from "./create-key.ts";
import { generateDataKey, generateDataKeyWithoutPlaintext } from "./data-keys.ts";
import { getKeyPolicy, getKeyRotationStatus, listKeyPolicies } from "./key-policies.ts";
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from "./key-states.ts";
import { listKeyTags, tagKey, untagKey } from "./key-tags.ts";
import { describeKey, listKeys, updateKeyDescription } from "./keys.ts";
import { listEncryptionKeys } from "./list-encryption-keys.ts";

export const kmsHandlers = {
  ListEncryptionKeys: listEncryptionKeys,
  "TrentService.CancelKeyDeletion": cancelKeyDeletion,
  "TrentService.CreateAlias": createAlias,
  "TrentService.CreateKey": createKey,
  "TrentService.Decrypt": decrypt,
  "TrentService.DeleteAlias": deleteAlias,
  "TrentService.DescribeKey": describeKey,
  "TrentService.DisableKey": disableKey,
  "TrentService.EnableKey": enableKey,
  "TrentService.Encrypt": encrypt,
  "TrentService.GenerateDataKey": generateDataKey,
  "TrentService.GenerateDataKeyWithoutPlaintext": generateDataKeyWithoutPlaintext,
  "TrentService.GetKeyPolicy": getKeyPolicy,
  "TrentService.GetKeyRotationStatus": getKeyRotationStatus,
  "TrentService.ListAliases": listAliases,
  "TrentService.ListKeyPolicies": listKeyPolicies,
  "TrentService.ListKeys": listKeys,
  "TrentService.ListResourceTags": listKeyTags,
  "TrentService.ReEncrypt": reEncrypt,
  "TrentService.ScheduleKeyDeletion": scheduleKeyDeletion,
  "TrentService.TagResource": tagKey,
  "TrentService.UntagResource": untagKey,
  "TrentService.UpdateAlias": updateAlias,
  "TrentService.UpdateKeyDescription": updateKeyDescription,
} satisfies Partial<Handlers>;
