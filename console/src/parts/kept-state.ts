/** A choice of this person in this browser, for example which columns a table shows. */
import { useState } from "react";

const PREFIX = "slipway-";

/** As useState, kept under `name`. What cannot be read any more counts as never chosen. */
export function useKeptState<Value extends object>(
  name: string,
  initial: Value,
): readonly [Value, (value: Value) => void] {
  const key = PREFIX + name;
  const [value, setValue] = useState(() => ({ ...initial, ...readKept(key) }));
  const keep = (next: Value) => {
    setValue(next);
    localStorage.setItem(key, JSON.stringify(next));
  };
  return [value, keep];
}

function readKept(key: string): object {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}
