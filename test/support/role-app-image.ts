/** The test image with one program more: an application that reads its secrets with AWS's SDK (role-app.ts). */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { bundleProgram } from "./bundled-program.ts";

const run = promisify(execFile);

export const ROLE_APP_COMMAND = "/node /app/role-app.mjs";

export interface RoleAppImage {
  readonly name: string;
  remove(): Promise<void>;
}

export async function buildRoleAppImage(appImage: string): Promise<RoleAppImage> {
  const program = await bundleProgram("test/support/role-app");
  const name = `slipway-test/roles-${randomBytes(6).toString("hex")}:1`;
  const { stdout } = await run("docker", ["create", appImage]);
  const container = stdout.trim();
  try {
    await run("docker", ["cp", program.path, `${container}:/app/role-app.mjs`]);
    await run("docker", ["commit", container, name]);
  } finally {
    await run("docker", ["rm", container]);
    await program.remove();
  }
  return { name, remove: async () => void (await run("docker", ["image", "rm", "-f", name])) };
}
