/** What a page keeps in its address, behind the `?`, so that a link shows another person the same. */
import { useLocation, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { type AddressChanges, addressOf, wordText } from "./address-words.ts";

export interface AddressWords {
  readonly get: (name: string) => string | null;
  /** Null takes a word away. `isStep`: the browser's back button undoes it. */
  readonly change: (changes: AddressChanges, options?: { readonly isStep?: boolean }) => void;
}

export function useAddressWords(): AddressWords {
  const { history } = useRouter();
  const { pathname, searchStr } = useLocation();
  const words = useMemo(() => new URLSearchParams(searchStr), [searchStr]);
  const change = useCallback<AddressWords["change"]>(
    (changes, { isStep = false } = {}) => {
      const address = addressOf(pathname, words, changes);
      if (isStep) history.push(address);
      else history.replace(address);
    },
    [history, pathname, words],
  );
  return useMemo(() => ({ get: (name) => wordText(words.get(name)), change }), [words, change]);
}
