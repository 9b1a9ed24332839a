import type { Handler } from "../handler.ts";

/** Ours: what the doctor finds. */
export const runDoctor: Handler<"RunDoctor"> = async (_input, context) => {
  const findings = await context.runDoctor();
  return {
    Checks: findings.map(({ name, status, detail, remedy }) => ({
      Name: name,
      Status: status,
      Detail: detail,
      Remedy: remedy,
    })),
  };
};
