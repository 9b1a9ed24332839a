/**
 * The two small programs git calls for credentials. They are kept as text so that they are found whatever the build does
 * with our files, and hold nothing secret: that comes in the environment of one git process.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * git asks in words that name the host: `Password for 'https://user@host': `. Only the host the password is meant for gets
 * an answer.
 */
const ASKPASS = `#!/bin/sh
case "$1" in
  "Username for '$SLIPWAY_GIT_SCHEME://$SLIPWAY_GIT_AUTHORITY': ") printf '%s\\n' "$SLIPWAY_GIT_USERNAME" ;;
  "Password for '$SLIPWAY_GIT_SCHEME://"*"@$SLIPWAY_GIT_AUTHORITY': ") printf '%s\\n' "$SLIPWAY_GIT_PASSWORD" ;;
  *) exit 1 ;;
esac
`;

const SSH = `#!/bin/sh
exec ssh -F "$SLIPWAY_SSH_CONFIGURATION" "$@"
`;

export interface Programs {
  readonly askpass: string;
  readonly ssh: string;
}

export async function installPrograms(directory: string): Promise<Programs> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const programs = { askpass: join(directory, "askpass"), ssh: join(directory, "ssh") };
  await writeFile(programs.askpass, ASKPASS, { mode: 0o700 });
  await writeFile(programs.ssh, SSH, { mode: 0o700 });
  return programs;
}
