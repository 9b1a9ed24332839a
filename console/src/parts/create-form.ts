/** The form of a new thing: open after its button was pressed, or because an address says so, `#/roles?create=roles`. */
import { useEffect, useState } from "react";
import { useAddressWords } from "./address.ts";

export interface CreateForm {
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

/** `list`: the id of the table that the thing will stand in. */
export function useCreateForm(list: string): CreateForm {
  const { get, change } = useAddressWords();
  const isAsked = get(WORD) === list;
  const [isOpen, setOpen] = useState(isAsked);
  // Said once: who reads the page again, or comes back to it, has not asked for another one.
  useEffect(() => {
    if (isAsked) change({ [WORD]: null });
  }, [isAsked, change]);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}

const WORD = "create";
