// Our own operations about actions: which policies can speak of, and which of them the caller may do. In the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

export const actionOperations = {
  CheckPermissions: {
    input: "CheckPermissionsRequest",
    output: "CheckPermissionsResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException"],
    says: "Tells whether the caller could do something. Everybody may ask; nothing is said of the policies that decide.",
  },
  ListActions: {
    input: "ListActionsRequest",
    output: "ListActionsResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException"],
    says: "Lists the actions that policies can allow or deny here.",
  },
} as const satisfies OperationModels;

export const actionShapes = {
  CheckPermissionsRequest: {
    kind: "structure",
    members: { Questions: { type: "PermissionQuestionList", required: true, says: "1 to 100" } },
  },
  PermissionQuestionList: { kind: "list", element: "PermissionQuestion" },
  PermissionQuestion: {
    kind: "structure",
    members: {
      Action: { type: "string", required: true, says: "as ListActions tells it" },
      Resource: { type: "string", says: "ARN, or * of what names no resource; absent while it is open" },
    },
  },
  CheckPermissionsResponse: {
    kind: "structure",
    members: { Answers: { type: "PermissionAnswerList", required: true, says: "in the order of Questions" } },
  },
  PermissionAnswerList: { kind: "list", element: "PermissionAnswer" },
  PermissionAnswer: {
    kind: "structure",
    members: {
      IsPossible: {
        type: "boolean",
        required: true,
        says: "false: every such call would be denied; true: it is allowed, or may be by what it will say",
      },
    },
  },
  ListActionsRequest: { kind: "structure", members: {} },
  ListActionsResponse: {
    kind: "structure",
    members: { Actions: { type: "PolicyActionList", required: true, says: "in alphabetical order" } },
  },
  PolicyActionList: { kind: "list", element: "PolicyAction" },
  PolicyAction: {
    kind: "structure",
    members: {
      Action: {
        type: "string",
        required: true,
        says: "as policies name it, for instance apprunner:CreateService",
      },
      IsReadOnly: { type: "boolean", required: true, says: "it changes nothing" },
      Description: { type: "string", required: true, says: "one sentence: what it does" },
    },
  },
} as const satisfies Shapes;
