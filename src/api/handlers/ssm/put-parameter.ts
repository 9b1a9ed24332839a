import type { InputOf } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import {
  assertParameterName,
  newestOf,
  nextVersion,
  type Parameter,
  type ParameterVersion,
  twinOf,
  withParameterVersion,
} from "../../../domain/parameter.ts";
import { sealPurpose } from "../../../domain/stored-secret.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { DATA_TYPE, invalidParameter, OWN_KEY, parameterTags } from "../../resources/parameter.ts";
import { assertMatches } from "./allowed-pattern.ts";

type Input = InputOf<"AmazonSSM.PutParameter">;

/** Systems Manager API, PutParameter: a new parameter, or with Overwrite a new version of one. */
export const putParameter: Handler<"AmazonSSM.PutParameter"> = async (input, context) => {
  refuseUnsupported(input);
  const { Name: name, Value: value } = input;
  assertParameterName(name);
  return context.store.transaction(async (tx) => {
    const present = await tx.parameters.get(name);
    assertWanted(present, input);
    const version = nextVersion(name, present === null ? null : newestOf(present), {
      type: input.Type,
      tier: input.Tier,
      description: input.Description,
      allowedPattern: input.AllowedPattern,
      valueBytes: Buffer.byteLength(value),
      nowMs: context.clock.now(),
    });
    assertMatches(version.allowedPattern, value);
    await save({ input, present, version }, tx, context);
    return { Version: version.number, Tier: version.tier };
  });
};

function assertWanted(present: Parameter | null, { Overwrite: overwrites, Tags: tags = [] }: Input): void {
  if (overwrites !== true) {
    if (present !== null) throw new SlipwayError("ParameterExists");
  } else if (tags.length > 0) {
    throw invalidParameter("Tags", "they do not go with Overwrite; use AddTagsToResource");
  }
}

interface Put {
  readonly input: Input;
  readonly present: Parameter | null;
  readonly version: ParameterVersion;
}

async function save({ input, present, version }: Put, tx: Tables, context: HandlerContext): Promise<void> {
  const { Name: name, Value: value } = input;
  const number = String(version.number);
  await tx.sealedValues.save(name, number, context.vault.seal(sealPurpose(name, number), value));
  if (present !== null) {
    const { parameter, forgotten } = withParameterVersion(present, version);
    await tx.parameters.save(parameter);
    await tx.sealedValues.remove(name, forgotten);
    return;
  }
  await assertNoTwin(name, tx);
  const limit = context.quotas.parameters;
  if ((await tx.parameters.count()) >= limit) throw new SlipwayError("ParameterLimitReached", { limit });
  const tags = parameterTags([], input.Tags ?? [], context);
  await tx.parameters.save({ name, tags, versions: [version] });
}

/** Who refers to one by its ARN would get the other. */
async function assertNoTwin(name: string, { parameters }: Tables): Promise<void> {
  const twin = twinOf(name);
  if (twin === null || (await parameters.get(twin)) === null) return;
  throw new SlipwayError("ParameterTwinExists", { name: twin });
}

function refuseUnsupported({ KeyId: key, DataType: dataType, Policies: policies }: Input): void {
  if (key !== undefined && key !== OWN_KEY) {
    throw invalidParameter("KeyId", `there are no keys but ${OWN_KEY}; leave it out`);
  }
  if (dataType !== undefined && dataType !== DATA_TYPE) {
    throw invalidParameter("DataType", `only ${DATA_TYPE} is available; leave it out`);
  }
  if (policies !== undefined) throw invalidParameter("Policies", "they are not available; leave them out");
}
