/** Rounds of load over contenders that are all up at the same time, each round in another order. */
import { request } from "node:http";
import type { Cleanup } from "../support/cleanup.ts";
import type { Sample } from "../support/report.ts";
import { rotated } from "../support/rotated.ts";
import type { Contender } from "./contender.ts";
import { type Load, type LoadKey, measureLoad } from "./measure.ts";
import { ORIGIN_BODY } from "./origin.ts";

export async function contest(
  contenders: readonly Contender[],
  options: { readonly load: Load; readonly rounds: number },
  cleanup: Cleanup,
): Promise<ReadonlyMap<string, readonly Sample<LoadKey>[]>> {
  const { load, rounds } = options;
  for (const { name, port } of contenders) await mustServe(name, port, load.host);
  // Connections to the origin, caches and just-in-time code are there before the first figure.
  for (const contender of contenders) await measureLoad(contender, { ...load, durationS: 1 }, cleanup);
  const samples = new Map<string, Sample<LoadKey>[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotated(contenders, round)) {
      samples.get(contender.name)?.push(await measureLoad(contender, load, cleanup));
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return samples;
}

/** A proxy that answers by itself would be fast. */
async function mustServe(name: string, port: number, host: string): Promise<void> {
  const body = await new Promise<string>((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, agent: false, headers: { host } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject).on("end", () => resolve(text));
    });
    call.on("error", reject).end();
  });
  if (body !== ORIGIN_BODY) throw new Error(`${name} answers ${JSON.stringify(body)} instead of the origin`);
}
