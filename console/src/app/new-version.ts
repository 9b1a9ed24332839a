/** Whether the control plane serves another console than this one: after an update the files of this one are gone. */
export async function isNewVersion(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module]")?.src.split("/").at(-1);
  if (own === undefined) return false;
  try {
    const answer = await fetch(new URL(".", document.baseURI), { cache: "no-cache" });
    return answer.ok && !(await answer.text()).includes(own);
  } catch {
    return false;
  }
}
