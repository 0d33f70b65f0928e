/**
 * As a `ref`: puts the focus on an element that takes the place of the one that had it. Without this, a dialog whose
 * content changes drops a keyboard user to the top of the page. One function for all, so that React calls it only once
 * an element.
 */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}
