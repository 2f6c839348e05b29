/** Chromium as installed on this machine; never a silent skip in CI. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const HOW = "Install it (Debian: apt-get install -y chromium) or name it in CHROMIUM_PATH.";

/** The browser's path, or null where there is none and tests may be left out. */
export function findBrowser(): string | null {
  const named = process.env["CHROMIUM_PATH"];
  const found = named ?? PLACES.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.env["CI"]) throw new Error(`CI needs Chromium for the dashboard's tests. ${HOW}`);
  console.warn(`The dashboard's browser tests are left out: no Chromium here. ${HOW}`);
  return null;
}

/** Starts it without anything that calls home. */
export function startBrowser(path: string): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** What the console and the policy complained about, apart from the status of a page itself. */
  readonly complaints: string[];
}

/** A page in a fresh profile; whatever goes wrong in it is written down. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const isStatus = message.text().startsWith("Failed to load resource: the server responded");
    const isPage = message.location().url === page.url();
    if (["error", "warning"].includes(message.type()) && !(isStatus && isPage)) {
      complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
    }
  });
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText !== "net::ERR_ABORTED") {
      complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`);
    }
  });
  return { page, complaints };
}
