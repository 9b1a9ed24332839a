import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderFamilies, serviceFamilies, single } from "./exposition.ts";
import { LiveValues } from "./live-values.ts";

const owner = { serviceId: "a".repeat(32), serviceName: "web", instanceId: null };

function aLive(): LiveValues {
  const live = new LiveValues();
  live.addRequests(owner, { requestCount: 12, statusCounts: [0, 8, 0, 1, 2], responseBytes: 3400 });
  live.addLatency(owner, 4, 1);
  live.addLatency(owner, 20, 8);
  live.addLatency(owner, 70_000, 2);
  const instances = new Map([["i1", { cpu: 12.5, memory: 40 }]]);
  Object.assign(live.of(owner), { concurrency: 3, queued: 1, active: 1, provisioned: 2, instances });
  return live;
}

describe("what Prometheus reads", () => {
  it("has counters by status, a histogram that adds up, and gauges of instances", () => {
    const lines = renderFamilies(serviceFamilies(aLive().services), false).split("\n");
    const labels = `service="web",service_id="${owner.serviceId}"`;
    expect(lines).toContain(`slipway_requests_total{${labels},code="2xx"} 8`);
    expect(lines).toContain(`slipway_requests_total{${labels},code="none"} 1`);
    expect(lines).toContain(`slipway_response_bytes_total{${labels}} 3400`);
    expect(lines).toContain(`slipway_request_duration_seconds_bucket{${labels},le="0.005"} 1`);
    expect(lines).toContain(`slipway_request_duration_seconds_bucket{${labels},le="0.025"} 9`);
    expect(lines).toContain(`slipway_request_duration_seconds_bucket{${labels},le="+Inf"} 11`);
    expect(lines).toContain(`slipway_request_duration_seconds_count{${labels}} 11`);
    expect(lines).toContain(`slipway_instance_cpu_percent{${labels},instance_id="i1"} 12.5`);
    expect(lines).toContain("slipway_omitted_series 0");
    expect(lines).toContain("# TYPE slipway_requests_total counter");
  });

  it("is OpenMetrics when asked for: families of counters without _total, and an end", () => {
    const text = renderFamilies([single("counter", "slipway_things", "Things.", 3)], true);
    expect(text).toBe(
      "# HELP slipway_things Things.\n# TYPE slipway_things counter\nslipway_things_total 3\n# EOF\n",
    );
  });

  it("escapes names, whatever they hold", () => {
    const live = new LiveValues();
    live.of({ ...owner, serviceName: 'a"b\\c\nd' });
    expect(renderFamilies(serviceFamilies(live.services), false)).toContain(String.raw`service="a\"b\\c\nd"`);
  });

  it("is bounded: the least busy services are left out whole, and it says how much that is", () => {
    const live = new LiveValues();
    for (let index = 0; index < 3000; index++) {
      const one = { ...owner, serviceId: `s${index}`, serviceName: `web-${index}` };
      live.addRequests(one, { requestCount: index, statusCounts: [0, index, 0, 0, 0], responseBytes: 0 });
    }
    const text = renderFamilies(serviceFamilies(live.services), false);
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.length).toBeLessThanOrEqual(50_001);
    expect(lines.length).toBeGreaterThan(40_000);
    const [, left] = /^slipway_omitted_series (\d+)$/m.exec(text) ?? [];
    expect(Number(left) + lines.length).toBe(3000 * 27 + 1);
    expect(text).toContain('"web-2999"');
    expect(text).not.toContain('"web-3"');
  });

  it("has every name of a service that the dashboard shows", () => {
    const dashboard = readFileSync("docs/grafana/slipway.json", "utf8");
    const shown = new Set(
      dashboard.match(
        /\bslipway_(?:request|response|concurrent|queued|active|provisioned|instance|omitted)[a-z_]*/g,
      ),
    );
    const text = renderFamilies(serviceFamilies(aLive().services), false);
    const missing = [...shown].filter((name) => !new RegExp(`^${name}[ {]`, "m").test(text));
    expect(shown.size).toBeGreaterThanOrEqual(9);
    expect(missing).toEqual([]);
  });

  it("has every label by which the dashboard chooses and adds up services", () => {
    const { panels } = JSON.parse(readFileSync("docs/grafana/slipway.json", "utf8")) as Dashboard;
    const lines = renderFamilies(serviceFamilies(aLive().services), false).split("\n");
    const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => questionsIn(expr)));
    const unanswered = asked.filter(({ metric, labels }) => {
      const series = lines.filter((line) => line.startsWith(`${metric}{`));
      return !series.some((line) => labels.every((label) => line.includes(label)));
    });
    expect(asked.length).toBeGreaterThanOrEqual(15);
    expect(unanswered).toEqual([]);
  });
});

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

/** Metrics of services, with what must stand in one of their lines. `job` is Prometheus's own. */
function questionsIn(
  expr: string,
): readonly { readonly metric: string; readonly labels: readonly string[] }[] {
  const groups = [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, names = ""]) => names.split(", "));
  return [...expr.matchAll(/(slipway_[a-z_]+)\{([^}]*service[^}]*)\}/g)].map(
    ([, metric = "", chosen = ""]) => {
      const conditions = chosen.split(",").filter((condition) => !condition.startsWith("job="));
      const labels = conditions.map((one) => (one.includes("=~") ? `${one.split("=~")[0]}=` : one));
      return { metric, labels: [...labels, ...groups.map((name) => `${name}=`)] };
    },
  );
}
