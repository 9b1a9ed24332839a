import { expect, test } from "vitest";
import { ApiError } from "./client.ts";
import { namingSecrets, withNames } from "./secret-names.ts";

const request = {
  SourceConfiguration: {
    ImageRepository: { ImageConfiguration: { RuntimeEnvironmentSecrets: { A: "/a", DB: "x" } } },
  },
};
const path = "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentSecrets";

test("an entry that is counted gets its name", () => {
  expect(withNames(`${path}{1}.value: is malformed; RuntimeEnvironmentSecrets{0} too`, request)).toBe(
    "--secret DB: is malformed; --secret A too",
  );
});

test("what names no entry of the request stays", () => {
  const message = `${path}{7}: is malformed`;
  expect(withNames(message, request)).toBe(message);
  expect(withNames("Service not found", request)).toBe("Service not found");
});

test("a refusal of the API says the name and keeps its code", async () => {
  const refusal = Promise.reject(new ApiError("InvalidRequestException", 400, `${path}{0}: is wrong`));
  await expect(namingSecrets(request, refusal)).rejects.toMatchObject({
    code: "InvalidRequestException",
    status: 400,
    message: "--secret A: is wrong",
  });
});
