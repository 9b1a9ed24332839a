/** Access roles: asked at each deployment, before the image is looked for. */
import { expect, it } from "vitest";
import { ImagePullError } from "../ports/container-engine.ts";
import { aConfiguration, World } from "./testing/world.ts";

const accessRoleArn = "arn:aws:iam::000000000000:role/pulls";

it("fails a deployment with what the role lacks, and leaves what serves as it is", async () => {
  const world = new World();
  const asked: string[] = [];
  let refusal: ImagePullError | null = null;
  world.assertPullable = async (repository, role) => {
    asked.push(`${role} ${repository}`);
    if (refusal !== null) throw refusal;
  };
  await world.boot();
  const configuration = { ...aConfiguration(), accessRoleArn };
  const { service } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.advance(5_000);
  expect(await world.service(service.id)).toMatchObject({ status: "RUNNING" });
  refusal = new ImagePullError("role", `the access role ${accessRoleArn} is not authorized`);
  const { operationId } = await world.commands.startDeployment(service.id);
  await world.advance(200_000);
  expect(await world.operation(service.id, operationId)).toMatchObject({
    cause: {
      phase: "pull",
      class: "pull",
      message: `Image web:1 cannot be had: The access role ${accessRoleArn} is not authorized.`,
    },
  });
  expect(await world.service(service.id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 1 });
  expect(asked).toEqual([`${accessRoleArn} library/web`, `${accessRoleArn} library/web`]);
});

it("asks nobody for a service without one", async () => {
  const world = new World();
  world.assertPullable = () => Promise.reject(new Error("asked"));
  await world.boot();
  await world.commands.create({ name: "web1", configuration: aConfiguration(), tags: [] });
  await world.advance(5_000);
  expect(world.errors).toEqual([]);
});
