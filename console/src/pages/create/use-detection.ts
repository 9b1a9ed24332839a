/**
 * What a repository holds, found out when somebody asks: the whole of it is fetched for that. Kept by its place, so that all
 * steps show the same.
 */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { type ApiError, call } from "../../api/call.ts";
import type { Output } from "../../api/wire.ts";
import type { ServiceDraft } from "../../parts/service-fields/draft.ts";

export type Detected = Output<"Slipway.DetectSource">;

/** Ask with `refetch`. */
export function useDetection(draft: ServiceDraft): UseQueryResult<Detected, ApiError> {
  const { repositoryUrl, connectionArn, branch, sourceDirectory } = draft;
  const input = {
    RepositoryUrl: repositoryUrl,
    ...(branch !== "" && { Branch: branch }),
    ...(sourceDirectory !== "" && { SourceDirectory: sourceDirectory }),
    ...(connectionArn !== "" && { ConnectionArn: connectionArn }),
    ShowFile: true,
  };
  return useQuery<Detected, ApiError>({
    queryKey: ["looked into", input],
    queryFn: ({ signal }) => call("Slipway.DetectSource", input, signal),
    enabled: false,
  });
}
