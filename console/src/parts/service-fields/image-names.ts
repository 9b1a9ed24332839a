/** What is offered while an image's name is typed: the images of this machine, and the tags its repository has. Pure. */

/** Without tag and digest: `registry.example.com:5000/team/app:1.2` → `registry.example.com:5000/team/app`. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

/** Whether it names a repository of a registry that can be asked; what has no host may be this machine's alone. */
export function isOfRegistry(image: string): boolean {
  return /^(?:[^/]*[.:][^/]*|localhost)\/./.test(image);
}

/** Newest versions first, as people number them: `1.10` before `1.9`; `latest` before all. */
export function sortedTags(tags: readonly string[]): readonly string[] {
  const order = new Intl.Collator("en", { numeric: true });
  return tags.toSorted((one, other) => {
    if (one === "latest" || other === "latest") return one === "latest" ? -1 : 1;
    return order.compare(other, one);
  });
}
