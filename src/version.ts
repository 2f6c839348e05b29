/** This release, as `package.json` has it: `npm run generate` writes this file. */
export const VERSION = "0.1.0";
