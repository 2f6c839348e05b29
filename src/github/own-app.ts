/** Telling what this App made from what others made. */
import * as v from "valibot";

export const appSchema = v.optional(
  v.nullable(v.object({ id: v.number(), client_id: v.optional(v.string(), "") })),
  null,
);

/** True when GitHub names this App as the maker; settings may hold the App's number or client id. */
export function isOwnApp(app: v.InferOutput<typeof appSchema>, appId: string): boolean {
  return app !== null && (String(app.id) === appId || app.client_id === appId);
}
