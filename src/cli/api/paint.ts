import { styleText } from "node:util";
import { stripControls } from "../../doctor/diagnosis/clean-text.ts";

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours, or none; the stream was judged by the caller. */
export function createPaint(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

/** Foreign text as one harmless line. */
export function clean(text: string): string {
  return stripControls(text.replaceAll(/[\t\n\r]+/g, " "));
}
