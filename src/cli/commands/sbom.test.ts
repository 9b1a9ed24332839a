// What is in the image of a release.
import { expect, test } from "vitest";
import { slipway, startFakeApi } from "../testing/fake-api.ts";
import { ARN, aSummary } from "../testing/service.ts";

const SBOM = '{\n "bomFormat": "CycloneDX"\n}\n';
const api = () =>
  startFakeApi({
    ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
    GetReleaseSbom: () => ({ ReleaseNumber: 7, Sbom: SBOM }),
  });

test("it is printed as it is, of the release that is named", async () => {
  await using fake = await api();
  const { out, exitCode } = await slipway(fake, ["sbom", "web", "--release", "7"]);
  expect([exitCode, JSON.parse(out)]).toEqual([0, { bomFormat: "CycloneDX" }]);
  expect(fake.calls.at(-1)).toMatchObject({ input: { ServiceArn: ARN, ReleaseNumber: 7 } });
});

test("what is no number of a release is not asked for", async () => {
  await using fake = await api();
  const { err, exitCode } = await slipway(fake, ["sbom", "web", "--release", "newest"]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('"newest" is not the number of a release')]);
});
