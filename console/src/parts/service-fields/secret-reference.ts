/** References to secrets and parameters, taken apart for the picker and put together again. Pure. */

export interface SecretParts {
  readonly kind: "secret" | "parameter";
  /** ARN of the secret; name or ARN of the parameter. */
  readonly id: string;
  /** Of a secret whose value is JSON. */
  readonly jsonKey: string;
  readonly stage: string;
  readonly versionId: string;
}

const SECRET_ARN =
  /^(arn:aws:secretsmanager:[^:]*:[^:]*:secret:[^:]*)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/;

/** Null: something else, for example of a store that is not Slipway's. */
export function parseSecretReference(text: string): SecretParts | null {
  const [, id, jsonKey = "", stage = "", versionId = ""] = SECRET_ARN.exec(text) ?? [];
  if (id !== undefined) return { kind: "secret", id, jsonKey, stage, versionId };
  if (text.startsWith("vault:") || (text.startsWith("arn:") && !text.startsWith("arn:aws:ssm:"))) return null;
  return { kind: "parameter", id: text, jsonKey: "", stage: "", versionId: "" };
}

/** App Runner's grammar: without key, stage and version the ARN stands alone. */
export function formatSecretReference({ id, jsonKey, stage, versionId }: SecretParts): string {
  const hasSuffix = jsonKey !== "" || stage !== "" || versionId !== "";
  return hasSuffix ? `${id}:${jsonKey}:${stage}:${versionId}` : id;
}

/** As the API checks it before it looks. */
export function isSecretReference(text: string): boolean {
  if (text.startsWith("arn:")) {
    return (
      /^arn:aws:secretsmanager:[a-z\d-]+:\d{12}:secret:[\w/+=.@!-]+(?::[^:]*){0,3}$/.test(text) ||
      /^arn:aws:ssm:[a-z\d-]+:\d{12}:parameter\/[\w./-]+(?::\d+)?$/.test(text)
    );
  }
  if (text.startsWith("vault:")) {
    return /^vault:[\w.-]+\/[\w.@+=/ -]+(?::[\w.@+=/ -]+)?(?::\d{1,9})?$/.test(text);
  }
  return /^[\w./-]+(?::\d+)?$/.test(text);
}
