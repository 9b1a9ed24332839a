/** `slipway sbom`: what is in the image of a release. */
import { Command } from "commander";
import { usageFailure } from "../failure.ts";
import { resolveService } from "../service-reference.ts";
import { type CommandFactory, examples } from "./shared.ts";

interface SbomOptions {
  readonly release?: string;
}

export const sbomCommand: CommandFactory = (context) =>
  new Command("sbom")
    .description("print what is in the image of a release: CycloneDX, as far as the image's own records say")
    .argument("<service>", "name or ARN")
    .option("--release <number>", "another release than the one in traffic")
    .addHelpText("after", examples("sbom shop > shop.cdx.json", "sbom shop --release 12"))
    .action(async (name: string, { release }: SbomOptions, command: Command) => {
      const number = release === undefined ? undefined : numberOf(release);
      const client = await context.connect(command);
      const { arn } = await resolveService(client, name);
      const { Sbom: sbom } = await client.call("Slipway.GetReleaseSbom", {
        ServiceArn: arn,
        ...(number !== undefined && { ReleaseNumber: number }),
      });
      context.io.out(sbom.trimEnd());
    });

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usageFailure(`"${text}" is not the number of a release.`, "See `slipway releases`.");
}
