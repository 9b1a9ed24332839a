// The AWS query protocol: `POST /` with a form (`Action=ListMetrics&Version=2010-08-01&Dimensions.member.1.Name=…`), answers
// in XML. What older command lines and SDKs speak with CloudWatch, the one service here that has it.
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

const SERVICE: ServicePrefix = "GraniteServiceVersion20100801";
const NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/";
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
  serviceOf: () => SERVICE,
  open(call) {
    const form = parseForm(plainBody(call));
    checkVersion(form.get("Version"));
    const action = form.get("Action");
    if (action === undefined) {
      throw new WireError(
        "UnknownOperationException",
        "The parameter Action is missing; it names the operation.",
      );
    }
    const operation = operationNamed(SERVICE, action);
    return { operation, readInput: () => readParameters(operation.model.input, form) };
  },
  writeOutput(name, output, requestId) {
    const { target, model } = operationOf(name);
    const bareName = target.slice(target.indexOf(".") + 1);
    const result = toWireValue(model.output, output, (date) => date.toISOString());
    const body = xmlElement(`${bareName}Response`, [
      xmlElement(`${bareName}Result`, xmlMembers(model.output, result)),
      xmlElement("ResponseMetadata", [xmlElement("RequestId", requestId)]),
    ]);
    return { status: 200, headers: headersOf(requestId), body: documentOf(body) };
  },
  writeError({ code, message }, requestId) {
    const { code: queryCode, type } = queryErrorOf(code);
    const body = xmlElement("ErrorResponse", [
      xmlElement("Error", [
        xmlElement("Type", type),
        xmlElement("Code", queryCode),
        xmlElement("Message", fitMessage(message)),
      ]),
      xmlElement("RequestId", requestId),
    ]);
    return { status: errorShapes[code].status, headers: headersOf(requestId), body: documentOf(body) };
  },
};

function checkVersion(version: string | undefined): void {
  const right = wireServices[SERVICE].queryVersion;
  if (version === right) return;
  const wrong = version === undefined ? "is missing" : `is ${quote(version)}`;
  throw new WireError("UnknownOperationException", `The parameter Version ${wrong}; it must be ${right}.`);
}

function headersOf(requestId: string): Record<string, string> {
  return { "content-type": "text/xml", "x-amzn-requestid": requestId };
}

function documentOf(root: XmlText): string {
  return root.replace(">", ` xmlns="${NAMESPACE}">`);
}
