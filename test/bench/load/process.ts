/** The load generator as a process of its own: an order in, the result out. */
import { fireVolley, type VolleyOrder } from "./volley.ts";

export type LoadMessage =
  | { readonly kind: "done"; readonly result: Awaited<ReturnType<typeof fireVolley>> }
  | { readonly kind: "progress"; readonly answered: number };

/** Serves orders until the parent hangs up. */
export function serveLoad(): void {
  process.on("message", (order: VolleyOrder) => {
    void fireVolley(order, (answered) => {
      if (answered % 25 === 0) say({ kind: "progress", answered });
    }).then((result) => say({ kind: "done", result }));
  });
  process.on("disconnect", () => process.exit(0));
}

function say(message: LoadMessage): void {
  process.send?.(message);
}
