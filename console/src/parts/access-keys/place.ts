/** Where programs find this installation: where this browser found it. */
import { apiUrl } from "../../api/call.ts";
import { useRead } from "../../api/queries.ts";
import type { Place } from "./program-lines.ts";

export function usePlace(): Place {
  const info = useRead("Slipway.GetInfo", {});
  return { endpoint: apiUrl.href.replace(/\/$/, ""), region: info.data?.Region ?? "us-east-1" };
}
