/** A control plane that averages loads over seconds, not minutes: what scales in after a minute does so while a test looks. */
import { defaultScaleParameters } from "../../src/autoscaler/scale-parameters.ts";
import { serve } from "../../src/main/serve.ts";
import { readSettings } from "../../src/main/settings.ts";

await serve(readSettings(process.env), {
  scaleParameters: {
    ...defaultScaleParameters,
    stableWindowMs: 4_000,
    panicWindowMs: 1_000,
    scaleDownDelayMs: 3_000,
    quietAfterMs: 1_500,
    leastBusyMs: 1_000,
  },
});
