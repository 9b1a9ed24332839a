// Lengths and patterns of Secrets Manager's and Parameter Store's inputs: a part of constraints.ts, in the same words.

export const secretConstraints = {
  SecretName: {
    source: "M",
    min: 1,
    max: 512,
    pattern: { regex: /^[\w/+=.@!-]+$/, says: "hold only letters, digits and /_+=.@!-" },
  },
  SecretId: { source: "M", min: 1, max: 2048 },
  SecretDescription: { source: "M", min: 0, max: 2048 },
  SecretVersionId: {
    source: "M",
    min: 32,
    max: 64,
    pattern: { regex: /^[\w.-]+$/, says: "hold only letters, digits, ., _ and -" },
  },
  SecretStage: { source: "M", min: 1, max: 256 },
  SecretFilterValue: { source: "M", min: 1, max: 512 },
  SecretPageToken: { source: "M", min: 1, max: 4096 },
  SecretKey: { source: "M", min: 0, max: 2048 },
  RecoveryWindow: { source: "M", min: 7, max: 30 },
  SecretText: { source: "M", min: 1, max: 65_536 },
  // 64 KiB in base64.
  SecretBytes: {
    source: "M",
    min: 1,
    max: 87_384,
    pattern: {
      regex: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      says: "be base64",
    },
  },
  RotationTokenText: { source: "M", min: 36, max: 256 },

  ParameterName: {
    source: "M",
    min: 1,
    max: 1011,
    pattern: { regex: /^[\w./-]+$/, says: "hold only letters, digits, ., -, _ and /" },
  },
  ParameterReference: { source: "M", min: 1, max: 2048 },
  ParameterPath: {
    source: "M",
    min: 1,
    max: 1011,
    pattern: { regex: /^\/[\w./-]*$/, says: "begin with / and hold only letters, digits, ., -, _ and /" },
  },
  ParameterText: { source: "M", min: 1, max: 8192 },
  ParameterDescription: { source: "M", min: 0, max: 1024 },
  ParameterPattern: { source: "M", min: 0, max: 1024 },
  ParameterPolicies: { source: "M", min: 1, max: 4096 },
  ParameterDataType: { source: "M", min: 0, max: 128 },
  ParameterKey: { source: "M", min: 1, max: 256 },
  ParameterFilterKey: { source: "M", min: 1, max: 132 },
  ParameterFilterOption: { source: "M", min: 1, max: 10 },
  ParameterFilterValue: { source: "M", min: 1, max: 1024 },
  ParameterPathMaxResults: { source: "M", min: 1, max: 10 },
  ParameterMaxResults: { source: "M", min: 1, max: 50 },
} as const;
