/** Custom domains and certificates: authority, zone of proofs, lookups, the installation's own authority, the keeper. */
import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { accountName } from "../domains/acme/account.ts";
import { AcmeAuthority } from "../domains/acme/acme-authority.ts";
import { certificateTools } from "../domains/certificates/library-tools.ts";
import { LocalAuthority } from "../domains/certificates/local-authority.ts";
import { AuthoritativeLookup } from "../domains/dns/authoritative-lookup.ts";
import { ChallengeServer } from "../domains/dns/challenge-server.ts";
import { DomainKeeper } from "../domains/domain-keeper.ts";
import { parseExtensions } from "../domain/extension.ts";
import { defaultTransport, type TransportWish } from "../domains/name-entry.ts";
import type { Tag } from "../domain/tag.ts";
import type { EdgeTls } from "../ports/edge-tls.ts";
import type { ServiceLog } from "../ports/service-log.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { randomIds, systemClock } from "./system-clock.ts";

interface DomainPartsRequest {
  readonly settings: Settings;
  readonly store: Store;
  readonly edge: EdgeTls;
  readonly log: ServiceLog;
  readonly vault: Vault;
  readonly logger: Logger;
}

export interface DomainParts {
  readonly keeper: DomainKeeper;
  /** Once the edge is ready; until the signal is aborted. */
  run(end: AbortSignal): Promise<void>;
}

/** Between tries to listen for questions about the zone. */
const LISTEN_AGAIN_MS = 30_000;

/** Throws SettingsError for files that cannot be read, and settings that need each other. */
export async function buildDomainParts(request: DomainPartsRequest): Promise<DomainParts> {
  const { settings, store, edge, log, vault, logger } = request;
  const zone = buildZone(settings, logger);
  const localAuthority = await LocalAuthority.open({
    domains: [settings.baseDomain],
    keeping: sealedSetting(store, vault, "local authority"),
    nowMs: systemClock.now(),
  });
  const keeper = new DomainKeeper({
    store,
    edge,
    log,
    vault,
    zone,
    lookup: new AuthoritativeLookup({
      dnsServer: settings.dnsServer ?? null,
      publicAddresses: settings.publicAddresses,
      acmeHttpPort: settings.acmeHttpPort,
    }),
    authority: buildAuthority(request),
    tools: certificateTools(localAuthority),
    clock: systemClock,
    ids: randomIds,
    options: { ...settings, transportOf },
    onPlatformProblem: (problem) =>
      problem === null
        ? logger.info("the names of services get a certificate of the authority")
        : logger.warn(`the names of services have no certificate of the authority: ${problem}`),
    onError: (error, subject) => logger.error({ err: error, subject }, "domains"),
  });
  return {
    keeper,
    run: async (end) => {
      await Promise.all([keeper.run(end), zone === null ? undefined : listen(zone, logger, end)]);
    },
  };
}

function buildAuthority({ settings, store, vault }: DomainPartsRequest): AcmeAuthority | null {
  const { acmeDirectory, acmeEmail = null, acmeCaFile } = settings;
  const externalAccount = readExternalAccount(settings);
  if (acmeDirectory === undefined) return null;
  const name = accountName(acmeDirectory, acmeEmail);
  return new AcmeAuthority({
    directoryUrl: acmeDirectory,
    email: acmeEmail,
    externalAccount,
    caPem: acmeCaFile === undefined ? null : readSettingFile("acmeCaFile", acmeCaFile),
    // It seals what it keeps by itself.
    accountStore: {
      load: () => store.settings.get(name),
      save: (sealed) => store.settings.put(name, sealed),
    },
    vault,
    clock: systemClock,
  });
}

function readExternalAccount({ acmeEabKeyId: keyId, acmeEabKeyFile }: Settings) {
  if (keyId === undefined && acmeEabKeyFile === undefined) return null;
  if (keyId === undefined || acmeEabKeyFile === undefined) {
    throw new SettingsError(
      "Settings acmeEabKeyId and acmeEabKeyFile need each other: set both, or neither.",
    );
  }
  return { keyId, macKey: readSettingFile("acmeEabKeyFile", acmeEabKeyFile).trim() };
}

function readSettingFile(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new SettingsError(`Setting ${name}: ${path} cannot be read. Name a file that this user may read.`, {
      cause,
    });
  }
}

function buildZone({ dnsZone, dnsHost, dnsPort }: Settings, logger: Logger): ChallengeServer | null {
  if (dnsZone === undefined) return null;
  const onProblem = (problem: string) => logger.warn({ problem }, "challenge zone");
  return new ChallengeServer({ zone: dnsZone, host: dnsHost, port: dnsPort, onProblem });
}

/** Services do not wait for a port that another program has taken: only proofs by DNS do. */
async function listen(zone: ChallengeServer, logger: Logger, end: AbortSignal): Promise<void> {
  for (let told = ""; !end.aborted;) {
    try {
      const port = await zone.start(end);
      logger.info({ zone: zone.nameOf(""), port }, "challenge zone is answered");
      return;
    } catch (error) {
      if (end.aborted) return;
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== told) logger.error({ problem }, "challenge zone");
      told = problem;
      await systemClock.sleep(LISTEN_AGAIN_MS, end).catch(() => undefined);
    }
  }
}

function sealedSetting(store: Store, vault: Vault, name: string) {
  return {
    load: async () => {
      const sealed = await store.settings.get(name);
      return sealed === null ? null : vault.open(name, sealed);
    },
    save: (text: string) => store.settings.put(name, vault.seal(name, text)),
  };
}

/** Tags are checked when they are set; those of an older version may not be what they should be now. */
function transportOf(tags: readonly Tag[]): TransportWish {
  try {
    return parseExtensions(tags);
  } catch {
    return defaultTransport;
  }
}
