/** An input as clients of the query protocol send it: `Dimensions.member.1.Name=…`. */

export function toForm(action: string, version: string, input: unknown): string {
  const form = new URLSearchParams({ Action: action, Version: version });
  addTo(form, "", input);
  return form.toString();
}

function addTo(form: URLSearchParams, path: string, value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach((child, index) => addTo(form, `${path}.member.${index + 1}`, child));
  } else if (typeof value === "object" && value !== null) {
    for (const [name, child] of Object.entries(value))
      addTo(form, path === "" ? name : `${path}.${name}`, child);
  } else {
    form.append(path, String(value));
  }
}
