/**
 * What who is signed in may do, asked of the control plane before they try: controls that would be refused in any case say so.
 * What is not known yet, or could not be asked, counts as possible: the API decides anyway.
 */
import { useQueries, useQuery } from "@tanstack/react-query";
import { call } from "./call.ts";
import { PermissionBatch } from "./permission-batch.ts";
import type { Action } from "./wire.ts";

/** ARN, several of them, or `*` of an action that names none; left out: whatever it will be. */
export type AskedResource = string | readonly string[] | undefined;

/** Policies may speak of the time and the address. */
const KNOWN_MS = 60_000;
/** Of what is selected: more are not asked for one by one. */
const RESOURCES_MAX = 50;

const batch = new PermissionBatch(async (Questions) => {
  const { Answers } = await call("Slipway.CheckPermissions", { Questions });
  return Answers.map(({ IsPossible }) => IsPossible);
});

/** False: it would be refused. */
export function useMay(action: Action, of?: AskedResource): boolean {
  const resources = typeof of === "object" ? of.slice(0, RESOURCES_MAX) : [of];
  return useQueries({ queries: resources.map((one) => questionOf(action, one)), combine: areAllPossible });
}

/** The same for what a page asks by itself: false as well until it is known, for a browser complains of each refusal. */
export function useMaySurely(action: Action, of: string): boolean {
  const { data, isPending } = useQuery(questionOf(action, of));
  return !isPending && data !== false;
}

/** The same as `useMay` of several actions: those that would be refused. */
export function useDenied<Asked extends Action>(actions: readonly Asked[], of?: string): ReadonlySet<Asked> {
  const queries = actions.map((action) => questionOf(action, of));
  const denied = useQueries({ queries, combine: deniedPlaces });
  return new Set(denied.flatMap((place) => actions[place] ?? []));
}

function questionOf(Action: Action, Resource: string | undefined) {
  const question = { Action, ...(Resource !== undefined && { Resource }) };
  return {
    queryKey: ["permission", Action, Resource ?? null],
    queryFn: () => batch.ask(question),
    staleTime: KNOWN_MS,
    // Users, roles, policies and tags are among them.
    meta: { topics: ["resources"] },
  };
}

type Answers = readonly { readonly data: boolean | undefined }[];

function areAllPossible(answers: Answers): boolean {
  return answers.every(({ data }) => data !== false);
}

function deniedPlaces(answers: Answers): readonly number[] {
  return answers.flatMap(({ data }, place) => (data === false ? [place] : []));
}
