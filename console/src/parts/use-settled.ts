/** A value once nobody has changed it for a moment: what is asked about while somebody types. */
import { useEffect, useState } from "react";

const SETTLED_MS = 500;

export function useSettled<Value extends string>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
