/**
 * After a navigation the heading of the new page has the focus, so that a screen reader says where one is and Tab goes on from
 * there. After a load the browser's own beginning stays: Tab reaches the way past the navigation first. Who acts within the page
 * itself (a tab of it, a field) keeps the focus.
 */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>("main h1");
  if (heading === null) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

let isLoading = true;

/** For a page that has just come. */
export function focusNewPage(): void {
  if (isLoading) {
    isLoading = false;
    return;
  }
  const { activeElement } = document;
  const main = document.querySelector("main");
  // The layout's <main> holds the navigation as well: who comes from there is not in the page.
  const isInPage = main?.contains(activeElement) === true && activeElement?.closest("nav") === null;
  if (isInPage) return;
  if (document.querySelector("[role=dialog]:not([aria-hidden=true])") === null) focusHeading();
}
