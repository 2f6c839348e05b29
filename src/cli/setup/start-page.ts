/** The page that hands the manifest to GitHub: it must be a form's POST, which no link can be. */

export interface StartPage {
  /** GitHub's page for a new App, with the state. */
  readonly action: string;
  readonly manifest: object;
}

/** HTML with one form, which a script sends at once; the button is for browsers without scripts. */
export function renderStartPage({ action, manifest }: StartPage, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>merge-relay setup</title>
<h1>Make the GitHub App</h1>
<form id="f" method="post" action="${escape(action)}">
<input type="hidden" name="manifest" value="${escape(JSON.stringify(manifest))}">
<button>Continue at GitHub</button>
</form>
<script nonce="${nonce}">document.getElementById("f").submit()</script>
</html>
`;
}

/** The same as an address to paste into a browser elsewhere, when this machine has none. */
export function toDataAddress(page: StartPage): string {
  const html = `<form method=post action="${escape(page.action)}"><input type=hidden name=manifest value="${escape(JSON.stringify(page.manifest))}"><button>Continue at GitHub</button></form>`;
  return `data:text/html;base64,${Buffer.from(html).toString("base64")}`;
}

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
