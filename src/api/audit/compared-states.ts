/**
 * What an update changes, as its reading operation tells it: read before and after, so that the trail can say what is
 * different. Operations that are not here say what they were given.
 */
import { type InputOf, type OperationName, type OutputOf, validateInput } from "../../contract/index.ts";
import type { Principal } from "../../domain/identity.ts";
import type { HandlerContext, Handlers } from "../handler.ts";
import { describeParameter } from "../resources/parameter.ts";

type Read = <Name extends OperationName>(name: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>;
/** In the names of the update's input; a member that is left out is not compared. Undefined: there is no such thing yet. */
type Reader<Name extends OperationName> = (
  input: InputOf<Name>,
  read: Read,
  context: HandlerContext,
) => Promise<object | undefined>;

const READERS: { readonly [Name in OperationName]?: Reader<Name> } = {
  UpdateService: async ({ ServiceArn }, read) => {
    const { Service } = await read("DescribeService", { ServiceArn });
    return { ...Service, ...Service.AutoScalingConfigurationSummary };
  },
  UpdateVpcIngressConnection: async ({ VpcIngressConnectionArn }, read) =>
    (await read("DescribeVpcIngressConnection", { VpcIngressConnectionArn })).VpcIngressConnection,
  UpdateNetwork: async ({ NetworkId }, read) => (await read("DescribeNetwork", { NetworkId })).Network,
  UpdateEventDestination: async ({ Name }, read) => {
    // Of an address it tells only what may be shown: another secret in it would look like the same.
    const { Url: _hidden, ...told } = (await read("DescribeEventDestination", { Name })).Destination;
    return told;
  },
  SetLogLevel: async (_input, read) => ({ Level: (await read("GetLogLevel", {})).Level }),
  "secretsmanager.UpdateSecret": async ({ SecretId }, read) =>
    read("secretsmanager.DescribeSecret", { SecretId }),
  // DescribeParameters looks at each parameter there is.
  "AmazonSSM.PutParameter": async ({ Name }, _read, context) => {
    const parameter = await context.store.parameters.get(Name);
    return parameter === null ? undefined : describeParameter(parameter, context);
  },
  "TrentService.UpdateKeyDescription": async ({ KeyId }, read) =>
    (await read("TrentService.DescribeKey", { KeyId })).KeyMetadata,
  "GraniteServiceVersion20100801.PutMetricAlarm": async ({ AlarmName }, read) => {
    const reply = await read("GraniteServiceVersion20100801.DescribeAlarms", { AlarmNames: [AlarmName] });
    return reply.MetricAlarms?.[0];
  },
  "AWSIdentityManagementV20100508.UpdateRole": async ({ RoleName }, read) =>
    (await read("AWSIdentityManagementV20100508.GetRole", { RoleName })).Role,
  "AWSIdentityManagementV20100508.UpdateAssumeRolePolicy": async ({ RoleName }, read) => {
    const { Role } = await read("AWSIdentityManagementV20100508.GetRole", { RoleName });
    return { PolicyDocument: Role.AssumeRolePolicyDocument };
  },
};

export interface ReadCall {
  readonly operation: { readonly name: OperationName };
  /** Not validated. */
  readonly value: unknown;
  readonly caller: Principal;
}

/** Null where nothing is compared, or nothing can be read: the update itself says what is wrong. Never throws. */
export async function readState(
  { operation: { name }, value, caller }: ReadCall,
  { handlers, context }: { readonly handlers: Handlers; readonly context: HandlerContext },
): Promise<object | null> {
  // That name and input belong together is lost on a union.
  const reader = READERS[name] as Reader<OperationName> | undefined;
  if (reader === undefined) return null;
  const read: Read = (reading, input) => handlers[reading](input, context, caller);
  try {
    return (await reader(validateInput(name, value), read, context)) ?? null;
  } catch {
    return null;
  }
}
