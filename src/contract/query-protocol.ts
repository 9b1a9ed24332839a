// The AWS query protocol: `POST /` with a form (`Action=ListMetrics&Version=2010-08-01&Dimensions.member.1.Name=…`), answers
// in XML. What older command lines and SDKs speak with CloudWatch, and all of them with IAM and STS. A call names its service
// by the scope of its signature, and must say that service's version.
import { errorShapes, fitMessage, queryErrorOf, WireError } from "./errors.ts";
import { parseForm } from "./form-text.ts";
import { operationNamed, operationOf } from "./operations.ts";
import type { Protocol, WireHead } from "./protocol.ts";
import { readParameters } from "./query-parameters.ts";
import { plainBody } from "./plain-body.ts";
import { quote } from "./violation.ts";
import { type ServicePrefix, wireServices } from "./wire-service.ts";
import { toWireValue } from "./wire-value.ts";
import { xmlElement, xmlMembers, type XmlText } from "./xml-text.ts";

const SERVICES: ReadonlyMap<string, ServicePrefix> = new Map(
  (Object.keys(wireServices) as ServicePrefix[])
    .filter((prefix) => wireServices[prefix].queryVersion !== undefined)
    .map((prefix) => [wireServices[prefix].signingName, prefix]),
);
/** Where the signature names none that speaks this protocol. */
const DEFAULT: ServicePrefix = "GraniteServiceVersion20100801";
const SIGNED_FOR = /Credential=[^/,\s]+\/\d+\/[^/,\s]+\/([a-z]+)\//;
const FORM = "application/x-www-form-urlencoded";

export function isQueryCall({ headers }: WireHead): boolean {
  const type = headers["content-type"];
  return (
    headers["x-amz-target"] === undefined &&
    typeof type === "string" &&
    type.split(";", 1)[0]?.trim().toLowerCase() === FORM
  );
}

export const queryProtocol: Protocol = {
  serviceOf,
  open(call) {
    const service = serviceOf(call);
    const form = parseForm(plainBody(call));
    checkVersion(service, form.get("Version"));
    const action = form.get("Action");
    if (action === undefined) {
      throw new WireError(
        "UnknownOperationException",
        "The parameter Action is missing; it names the operation.",
      );
    }
    const operation = operationNamed(service, action);
    return { operation, readInput: () => readParameters(operation.model.input, form) };
  },
  writeOutput(name, output, requestId) {
    const { target, model, service } = operationOf(name);
    const bareName = target.slice(target.indexOf(".") + 1);
    const result = toWireValue(model.output, output, (date) => date.toISOString());
    const body = xmlElement(`${bareName}Response`, [
      xmlElement(`${bareName}Result`, xmlMembers(model.output, result)),
      xmlElement("ResponseMetadata", [xmlElement("RequestId", requestId)]),
    ]);
    return { status: 200, headers: headersOf(requestId), body: documentOf(body, service) };
  },
  writeError({ code, message }, requestId, service = DEFAULT) {
    const { code: queryCode, type } = queryErrorOf(code);
    const body = xmlElement("ErrorResponse", [
      xmlElement("Error", [
        xmlElement("Type", type),
        xmlElement("Code", queryCode),
        xmlElement("Message", fitMessage(message)),
      ]),
      xmlElement("RequestId", requestId),
    ]);
    const { status } = errorShapes[code];
    return { status, headers: headersOf(requestId), body: documentOf(body, service) };
  },
};

function serviceOf({ headers }: WireHead): ServicePrefix {
  const authorization = headers["authorization"];
  const [, name = ""] = SIGNED_FOR.exec(typeof authorization === "string" ? authorization : "") ?? [];
  return SERVICES.get(name) ?? DEFAULT;
}

function checkVersion(service: ServicePrefix, version: string | undefined): void {
  const right = wireServices[service].queryVersion;
  if (version === right) return;
  const wrong = version === undefined ? "is missing" : `is ${quote(version)}`;
  throw new WireError("UnknownOperationException", `The parameter Version ${wrong}; it must be ${right}.`);
}

function headersOf(requestId: string): Record<string, string> {
  return { "content-type": "text/xml", "x-amzn-requestid": requestId };
}

function documentOf(root: XmlText, service: ServicePrefix): string {
  return root.replace(">", ` xmlns="${wireServices[service].queryNamespace}">`);
}
