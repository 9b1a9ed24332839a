/** An application that reads its secrets with AWS's SDK, which is told nothing: what it knows stands in its environment. */
import { createServer } from "node:http";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

type Answer = Readonly<Record<string, unknown>>;

/** Of the process; `fresh` ones ask for their credentials anew. */
const client = new SecretsManagerClient();

async function readSecret(id: string, isFresh: boolean): Promise<Answer> {
  const asking = isFresh ? new SecretsManagerClient() : client;
  try {
    return { value: (await asking.send(new GetSecretValueCommand({ SecretId: id }))).SecretString };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, message };
  }
}

/** What is at the door for who shows this token; a code where there is nothing. */
async function knock(url: string, token: string): Promise<Answer> {
  try {
    const response = await fetch(url, {
      headers: { authorization: token },
      signal: AbortSignal.timeout(3000),
    });
    return { status: response.status };
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: string } };
    return { code: cause?.code ?? String(error) };
  }
}

async function answer({ pathname, searchParams }: URL): Promise<Answer> {
  const of = (name: string) => searchParams.get(name) ?? "";
  if (pathname === "/secret") return readSecret(of("id"), searchParams.has("fresh"));
  if (pathname === "/knock") return knock(of("url"), of("token"));
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, AWS_CONTAINER_CREDENTIALS_FULL_URI: url } = process.env;
  return { token, url, db: process.env["DB"] };
}

createServer((request, response) => {
  void answer(new URL(request.url ?? "/", "http://app")).then((body) => response.end(JSON.stringify(body)));
}).listen(Number(process.env["PORT"]));
