/**
 * Names of users' own, from the wish to a verified HTTPS answer and away again, with a real authority that refuses nonces
 * and forgets authorizations, and a real resolver in between.
 */
import { connect } from "node:tls";
import type { PeerCertificate } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import {
  createService,
  describeService,
  type ServiceView,
  waitForStatus,
  waitForZero,
} from "../support/service.ts";
import { BASE_DOMAIN, CHALLENGE_ZONE, TlsInstallation, USER_ZONE } from "../support/tls-installation.ts";
import { waitFor } from "../support/wait-for.ts";

const SCENARIO_MS = 120_000;

let images: TestImages;
let world: TlsInstallation;
let shop: ServiceView;
let blog: ServiceView;
let target: string;

beforeAll(async () => {
  images = await buildTestImages();
  world = await TlsInstallation.create();
  await world.start();
  const create = async (name: string) => {
    const environment = { VERSION: name };
    const { ServiceArn } = await createService(world.slipway, { name, image: images.app, environment });
    return waitForStatus(world.slipway, ServiceArn, "RUNNING");
  };
  [shop, blog] = await Promise.all([create("shop"), create("blog")]);
  target = hostOf(shop);
}, SCENARIO_MS);

afterAll(async () => {
  await world.remove();
  await images.remove();
});

function hostOf({ ServiceUrl }: ServiceView): string {
  return ServiceUrl.replace(/:\d+$/, "");
}

/** CNAMEs of the records that DescribeCustomDomains asks for. */
async function validation(
  service: ServiceView,
  domainName: string,
): Promise<readonly `${string} CNAME ${string}`[]> {
  const domain = await world.describe(service, domainName);
  return (domain?.CertificateValidationRecords ?? []).map(
    ({ Name, Value }) => `${Name ?? ""} CNAME ${Value ?? ""}` as const,
  );
}

/** What a client is shown, whatever it thinks of it. */
function shownCertificate(serverName: string): Promise<PeerCertificate> {
  return new Promise((done, reject) => {
    const socket = connect(
      {
        host: "127.0.0.1",
        port: world.slipway.edgeHttpsPort,
        rejectUnauthorized: false,
        ...(serverName !== "" && { servername: serverName }),
      },
      () => {
        done(socket.getPeerCertificate());
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}

describe("a domain and its www, whose records are set after it was asked for", () => {
  const name = `one.${USER_ZONE}`;

  it(
    "waits for its records, tells which, and is active once they are set",
    async () => {
      const began = await world.associate(shop, name, true);
      expect(began).toMatchObject({ Status: "creating", EnableWWWSubdomain: true });
      const before = await world.waitForStatus(shop, name, "pending_certificate_dns_validation");
      expect(["creating", "pending_certificate_dns_validation"]).toEqual(expect.arrayContaining([...before]));
      const records = await validation(shop, name);
      expect(records).toEqual(
        [name, `www.${name}`].map((owner) =>
          expect.stringMatching(
            new RegExp(`^_acme-challenge\\.${owner}\\. CNAME [0-9a-f]{32}\\.${CHALLENGE_ZONE}\\.$`),
          ),
        ),
      );
      const { Domains } = await world.slipway.client().call("Slipway.ListDomains", {});
      expect(Domains.find(({ DomainName }) => DomainName === name)).toMatchObject({
        Problem: expect.stringContaining(name),
      });
      await world.setRecords([...records, `${name}. CNAME ${target}.`, `www.${name}. CNAME ${target}.`]);
      await world.slipway.slipway(["domains", "check", name]);
      const after = await world.waitForStatus(shop, name, "active");
      expect(after.filter((status) => status !== "pending_certificate_dns_validation")).toEqual([
        "binding_certificate",
        "active",
      ]);
    },
    SCENARIO_MS,
  );

  it("answers over HTTPS under both names with a certificate that verifies", async () => {
    for (const host of [name, `www.${name}`]) {
      expect(await world.https(host)).toMatchObject({
        status: 200,
        body: expect.stringMatching(/^shop from/),
      });
    }
    const headers = JSON.parse((await world.https(name, { path: "/headers" })).body) as Record<
      string,
      string
    >;
    expect(headers).toMatchObject({
      host: name,
      "x-forwarded-proto": "https",
      "x-forwarded-host": name,
      "x-forwarded-port": String(world.slipway.edgeHttpsPort),
    });
  });

  it("sends plain HTTP to HTTPS, and never the paths of challenges", async () => {
    const { slipway } = world;
    const answer = await slipway.fetch(name, "/a?b=c");
    expect(answer).toMatchObject({
      status: 301,
      headers: { location: `https://${name}:${slipway.edgeHttpsPort}/a?b=c` },
    });
    expect((await slipway.fetch(name, "/.well-known/acme-challenge/unknown")).status).toBe(404);
  });

  it("gives other names neither its certificate nor its content", async () => {
    expect((await shownCertificate(name)).subjectaltname).toContain(name);
    for (const stranger of [`other.${USER_ZONE}`, ""]) {
      const shown = await shownCertificate(stranger);
      expect(shown.subjectaltname ?? "").not.toContain(USER_ZONE);
    }
    expect((await world.https(hostOf(blog), { serverName: name })).status).toBe(421);
    expect((await world.https(name, { serverName: null })).status).toBe(421);
  });

  it(
    "keeps its certificate through the death of the proxy",
    async () => {
      const [pid] = await world.slipway.edgePids();
      if (pid === undefined) throw new Error("no proxy");
      process.kill(pid, "SIGKILL");
      const answer = await waitFor(() => world.https(name), { what: "an answer" });
      expect(answer.status).toBe(200);
    },
    SCENARIO_MS,
  );

  it(
    "goes to another service at once when it is taken away",
    async () => {
      expect(await world.disassociate(shop, name)).toMatchObject({ Status: "deleting" });
      await world.waitForStatus(shop, name, "gone");
      expect((await world.https(name).catch(() => ({ status: 421 }))).status).not.toBe(200);
      await world.associate(blog, name);
      expect((await world.waitForHttps(name, "blog")).status).toBe(200);
    },
    SCENARIO_MS,
  );

  it("is refused to a second service", async () => {
    await expect(world.associate(shop, name)).rejects.toThrow(/belongs to another service/);
  });
});

describe("a domain whose records are right before", () => {
  it(
    "is verified within seconds, by HTTP alone",
    async () => {
      const name = `quick.${USER_ZONE}`;
      await world.setRecords([`${name}. CNAME ${target}.`]);
      const since = performance.now();
      await world.associate(shop, name);
      await world.waitForHttps(name, "shop");
      expect(performance.now() - since).toBeLessThan(15_000);
      expect((await world.describe(shop, name))?.Status).toBe("binding_certificate");
    },
    SCENARIO_MS,
  );
});

describe("a wildcard", () => {
  it(
    "is proven by DNS, and stands for names one level below that have no entry of their own",
    async () => {
      const name = `*.${USER_ZONE}`;
      await world.associate(blog, name);
      await world.waitForStatus(blog, name, "pending_certificate_dns_validation");
      const quick = `quick.${USER_ZONE}`;
      await world.setRecords([
        ...(await validation(blog, name)),
        `*.${USER_ZONE}. CNAME ${hostOf(blog)}.`,
        `${quick}. CNAME ${target}.`,
      ]);
      await world.slipway.slipway(["domains", "check", name]);
      expect((await world.waitForHttps(`any.${USER_ZONE}`, "blog")).status).toBe(200);
      expect((await world.https(quick)).body).toMatch(/^shop from/);
      await expect(world.https(`two.levels.${USER_ZONE}`)).rejects.toThrow(/self-signed/);
    },
    SCENARIO_MS,
  );
});

describe("a service that is at zero", () => {
  it(
    "is woken under its own name, over TLS",
    async () => {
      const name = `sleepy.${USER_ZONE}`;
      const { ServiceArn } = await createService(world.slipway, {
        name: "sleepy",
        image: images.app,
        environment: { VERSION: "sleepy" },
        tags: { "slipway:scale-to-zero": "1s", "slipway:warm-zero": "0s" },
      });
      const sleepy = await waitForStatus(world.slipway, ServiceArn, "RUNNING");
      await world.setRecords([`${name}. CNAME ${hostOf(sleepy)}.`]);
      await world.associate(sleepy, name);
      await world.waitForHttps(name, "sleepy");
      await waitForZero(world.slipway, ServiceArn);
      expect(await world.https(name)).toMatchObject({
        status: 200,
        body: expect.stringMatching(/^sleepy from/),
      });
    },
    SCENARIO_MS,
  );
});

describe("the platform's own names", () => {
  it(
    "have a certificate of the authority once its record is set, and plain HTTP leads there then",
    async () => {
      const { resolver, slipway } = world;
      const label = await waitFor(
        async () => {
          const { Checks } = await slipway.client().call("Slipway.RunDoctor", {});
          const check = Checks.find(({ Name }) => Name === "platform-certificate");
          return /[0-9a-f]{32}\.acme\.apps\.test/.exec(check?.Remedy ?? "")?.[0];
        },
        { what: "the record of the platform from the doctor" },
      );
      await resolver.setZone(BASE_DOMAIN, [
        `*.us-east-1.${BASE_DOMAIN}. A 127.0.0.1`,
        `_acme-challenge.us-east-1.${BASE_DOMAIN}. CNAME ${label}.`,
      ]);
      await world.waitForHttps(target, "shop");
      const plain = await waitFor(async () => {
        const found = await slipway.fetch(shop.ServiceUrl);
        return found.status === 301 && found;
      });
      expect(plain.headers["location"]).toBe(`https://${target}:${slipway.edgeHttpsPort}/`);
      expect((await describeService(slipway, shop.ServiceArn)).ServiceUrl).toBe(
        `${target}:${slipway.edgeHttpsPort}`,
      );
    },
    SCENARIO_MS,
  );
});

describe("bad days", () => {
  it(
    "of the authority: it hangs while a domain is added, and the domain is active once it is back",
    async () => {
      const name = `later.${USER_ZONE}`;
      await world.setRecords([`${name}. CNAME ${target}.`]);
      world.pebble.pause();
      try {
        await world.associate(shop, name);
        await waitFor(
          async () => {
            const { Domains } = await world.slipway.client().call("Slipway.ListDomains", {});
            const domain = Domains.find(({ DomainName }) => DomainName === name);
            return domain?.Problem !== undefined && domain.Status !== "create_failed";
          },
          { what: "the problem to be told", timeoutMs: 60_000 },
        );
      } finally {
        world.pebble.resume();
      }
      await world.slipway.slipway(["domains", "check", name]);
      expect((await world.waitForHttps(name, "shop")).status).toBe(200);
    },
    SCENARIO_MS,
  );

  it(
    "of DNS: no resolver answers for a while, and then all goes on by itself",
    async () => {
      const name = `dark.${USER_ZONE}`;
      await world.setRecords([`${name}. CNAME ${target}.`]);
      await world.resolver.pause();
      await world.associate(shop, name);
      await world.waitForStatus(shop, name, "pending_certificate_dns_validation");
      await world.resolver.resume();
      expect((await world.waitForHttps(name, "shop", 90_000)).status).toBe(200);
    },
    SCENARIO_MS,
  );

  it(
    "of the control plane: killed again and again while it gets a certificate",
    async () => {
      const name = `killed.${USER_ZONE}`;
      await world.setRecords([`${name}. CNAME ${target}.`]);
      await world.associate(shop, name);
      for (const afterMs of [0, 150, 400, 900]) {
        const since = performance.now();
        await waitFor(() => performance.now() - since >= afterMs, { everyMs: 5 });
        await world.slipway.kill();
        await world.slipway.start();
      }
      await world.waitForHttps(name, "shop");
      const { Certificates } = await world.slipway.client().call("Slipway.ListCertificates", {});
      expect(Certificates.filter(({ Names }) => Names.includes(name))).toHaveLength(1);
    },
    SCENARIO_MS,
  );

  it(
    "of names: CNAME loops and records that lead elsewhere are told as they were seen",
    async () => {
      const [loop, wrong] = [`loop.${USER_ZONE}`, `wrong.${USER_ZONE}`];
      await world.setRecords([
        `${loop}. CNAME pool.${USER_ZONE}.`,
        `pool.${USER_ZONE}. CNAME ${loop}.`,
        `${wrong}. CNAME ${hostOf(blog)}.elsewhere.${USER_ZONE}.`,
      ]);
      for (const name of [loop, wrong]) {
        await world.associate(blog, name);
        const { ServiceArn } = blog;
        const { Domain } = await world.slipway
          .client()
          .call("Slipway.CheckCustomDomain", { ServiceArn, DomainName: name });
        expect(Domain.Status, name).toBe("pending_certificate_dns_validation");
        expect(Domain.Problem, name).toContain(name);
        expect(Domain.Records.find(({ Purpose }) => Purpose === "traffic")?.Verdict, name).toBe(
          name === loop ? "loop" : "wrong",
        );
      }
    },
    SCENARIO_MS,
  );
});

it("no private key lies readable in the database or in what was printed", async () => {
  const { readFileSync, readdirSync } = await import("node:fs");
  const { stateDirectory } = world.slipway;
  const files = readdirSync(stateDirectory).filter((name) => /\.(db|db-wal|log|json)$/.test(name));
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) {
    expect(readFileSync(`${stateDirectory}/${file}`, "latin1"), file).not.toContain("PRIVATE KEY");
  }
});
