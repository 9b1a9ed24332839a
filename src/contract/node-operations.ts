// Our own operation about the machines that instances run on, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

export const nodeOperations = {
  ListNodes: {
    input: "ListNodesRequest",
    output: "ListNodesResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException"],
    says: "Lists the machines that instances run on, with what each has, what is promised of it, and its instances.",
  },
} as const satisfies OperationModels;

export const nodeShapes = {
  ListNodesRequest: { kind: "structure", members: {} },
  ListNodesResponse: {
    kind: "structure",
    members: { Nodes: { type: "NodeList", required: true, says: "one: there are no others yet" } },
  },
  NodeList: { kind: "list", element: "Node" },
  Node: {
    kind: "structure",
    members: {
      Machine: { type: "Machine", required: true, says: "what it has, and how much of it is taken" },
      DiskFreeBytes: { type: "long", says: "where the state is; absent while unknown" },
      Roles: { type: "StringList", required: true, says: "what of Slipway is on it" },
      Engine: { type: "NodeEngine", says: "what runs its containers; absent when it never answered" },
      SeenAt: { type: "timestamp", says: "when its engine last answered; absent when it never did" },
      IsReady: { type: "boolean", required: true, says: "its engine answers now" },
      PromisedCpus: {
        type: "double",
        required: true,
        says: "processors that its instances may use; it may be more than there are",
      },
      PromisedMemoryBytes: {
        type: "long",
        required: true,
        says: "memory that its instances may use; it may be more than there is",
      },
      InstanceCount: { type: "integer", required: true, says: "of all services, whoever may see them" },
      Instances: {
        type: "NodeInstanceList",
        required: true,
        says: "of services whose instances one may list, by service; at most 5,000",
      },
    },
  },
  NodeEngine: {
    kind: "structure",
    members: {
      Name: { type: "string", required: true, says: "as it calls its machine" },
      Version: { type: "string", required: true, says: "of Docker" },
      ApiVersion: { type: "string", required: true, says: "the newest that it speaks" },
      System: { type: "string", required: true, says: "the operating system, as its makers call it" },
      Kernel: { type: "string", required: true, says: "its version" },
      Architecture: { type: "string", required: true, says: "of its processors: amd64, arm64" },
      Labels: { type: "StringList", required: true, says: "name=value, as its configuration has them" },
    },
  },
  NodeInstanceList: { kind: "list", element: "NodeInstance" },
  NodeInstance: {
    kind: "structure",
    members: {
      InstanceId: { type: "string", required: true, says: "our id of the container" },
      ServiceId: { type: "string", required: true, says: "of its service" },
      ServiceName: { type: "string", required: true, says: "of its service" },
      ReleaseNumber: { type: "integer", required: true, says: "the release it runs" },
      State: { type: "InstanceState", required: true, says: "where it stands in its life" },
      Activity: { type: "InstanceActivity", required: true, says: "what its processes get" },
      CreatedAt: { type: "timestamp", required: true, says: "when it was begun" },
      Address: { type: "string", says: "host:port the edge sends to; absent before it has one" },
      Cpus: { type: "double", required: true, says: "processors that it may use" },
      MemoryBytes: { type: "long", required: true, says: "that it may use" },
    },
  },
} as const satisfies Shapes;
