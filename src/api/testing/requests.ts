/** Requests that tests start from. */
import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  type Service,
} from "@aws-sdk/client-apprunner";
import type { ServiceStatus } from "../../domain/service.ts";
import type { TestApi } from "./test-api.ts";

type ImageConfiguration = NonNullable<
  NonNullable<
    NonNullable<CreateServiceCommandInput["SourceConfiguration"]>["ImageRepository"]
  >["ImageConfiguration"]
>;

/** The smallest valid one. */
export function aService(name = "web1", container?: ImageConfiguration): CreateServiceCommandInput {
  return {
    ServiceName: name,
    SourceConfiguration: {
      ImageRepository: {
        ImageIdentifier: "team/web:1",
        ImageRepositoryType: "ECR_PUBLIC",
        ...(container !== undefined && { ImageConfiguration: container }),
      },
    },
  };
}

/** One that is built from a repository. */
export function aCodeService(
  name: string,
  repositoryUrl: string,
  autoDeploymentsEnabled = true,
): CreateServiceCommandInput {
  return {
    ServiceName: name,
    SourceConfiguration: {
      AutoDeploymentsEnabled: autoDeploymentsEnabled,
      CodeRepository: {
        RepositoryUrl: repositoryUrl,
        SourceCodeVersion: { Type: "BRANCH", Value: "main" },
        CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
      },
    },
  };
}

/** Creates a service and brings it into a status. */
export async function makeService(
  { client, commands }: TestApi,
  input: CreateServiceCommandInput = aService(),
  status: ServiceStatus = "RUNNING",
): Promise<Service> {
  const { Service: service } = await client.send(new CreateServiceCommand(input));
  if (service?.ServiceId === undefined) throw new Error("no service");
  await commands.settle(service.ServiceId, status);
  return service;
}
