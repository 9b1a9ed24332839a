/** A button that cannot be pressed by who would be refused, and says so to those who come to it by keyboard, too. */
import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import { type AskedResource, useDenied, useMay } from "../api/permissions.ts";
import type { Action } from "../api/wire.ts";
import { permissions } from "../texts.ts";

export interface PermittedButtonProps extends ButtonProps {
  readonly needs: Action;
  /** What it is done to; see `useMay`. */
  readonly of?: AskedResource;
}

export function PermittedButton({ needs, of, ...props }: PermittedButtonProps) {
  // In a form it sends nothing unless it is told to.
  return <Button formAction="none" {...props} {...(useMay(needs, of) ? {} : whyDenied(needs))} />;
}

/** The same for items of a menu: what is to be spread into each. `actions` are all that is asked for. */
export function useWhyNot<Asked extends Action>(actions: readonly Asked[], of?: string) {
  const denied = useDenied(actions, of);
  return (action: Asked) => (denied.has(action) ? whyDenied(action) : {});
}

function whyDenied(action: Action) {
  return { disabled: true, disabledReason: permissions.denied(action) };
}
