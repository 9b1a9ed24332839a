import type { Handler } from "../handler.ts";

/** Ours: what the doctor finds, of all or of what is named. */
export const runDoctor: Handler<"RunDoctor"> = async ({ Names: names }, context) => {
  const findings = await context.runDoctor(names === undefined ? null : new Set(names));
  return {
    Checks: findings.map(({ name, status, detail, remedy }) => ({
      Name: name,
      Status: status,
      Detail: detail,
      Remedy: remedy,
    })),
  };
};
