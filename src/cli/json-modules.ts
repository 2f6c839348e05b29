import { registerHooks } from "node:module";

let isRegistered = false;

/**
 * Lets GitHub's parser load: its modules import JSON without the attribute that Node asks for. Must
 * run before the first (dynamic) import of it; touches no other package.
 */
export function allowJsonOfActionsPackages(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    load(url, context, nextLoad) {
      if (!/\/node_modules\/@actions\/.*\.json$/.test(url)) return nextLoad(url, context);
      return nextLoad(url, { ...context, importAttributes: { type: "json" } });
    },
  });
}
