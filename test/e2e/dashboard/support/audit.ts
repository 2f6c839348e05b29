/** What axe finds on a page, and whether the page is wider than its window. */
import axe from "axe-core";
import type { Page } from "playwright-core";

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Every finding as a text, with all that can be opened open; no rule is switched off. */
export async function audit(page: Page): Promise<string[]> {
  await page.evaluate(
    "document.querySelectorAll('details').forEach((one) => { one.open = true; })",
  );
  await page.evaluate(axe.source);
  const found = await page.evaluate<Found>("axe.run()");
  const texts = found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
  );
  const excess = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  return excess > 0 ? [...texts, `wider than the window by ${excess} px`] : texts;
}
