/** The three files of the dashboard. */
import { createAsset } from "./asset.ts";
import { SCRIPT_TEXT } from "./script.ts";
import { STYLE_TEXT } from "./style.ts";

const ICON_TEXT = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#2f5fd0"/><path d="M6 6v3c0 3 2 4 5 4h7M6 18v-1c0-2 1-4 4-4M15 10l3 3-3 3" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

export const STYLE = createAsset("style.css", "text/css; charset=utf-8", STYLE_TEXT);
export const SCRIPT = createAsset("script.js", "text/javascript; charset=utf-8", SCRIPT_TEXT);
export const ICON = createAsset("icon.svg", "image/svg+xml", ICON_TEXT);
const ASSETS = [STYLE, SCRIPT, ICON];

/** The file of that path, or null. */
export function serveAsset(path: string): Response | null {
  const asset = ASSETS.find((known) => known.path === path);
  if (asset === undefined) return null;
  return new Response(asset.text, {
    headers: {
      "content-type": asset.type,
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });
}
