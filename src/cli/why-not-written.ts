/** What an error of the file system means for whoever wanted to write, and how to mend it. */

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Make room",
  EDQUOT: "your quota of the disk is used up. Make room",
  EROFS: "the disk is mounted read-only. Mount it for writing, or work in a copy elsewhere",
  EACCES: "you may not write there. Change who owns the directory or its mode (ls -ld shows both)",
  EPERM: "the system does not let you write there. Change who owns the directory or its mode",
  ENOENT:
    "the directory is not there and cannot be made; a read-only disk looks like that, too. Make it, or work in a copy elsewhere",
  ENOTDIR: "a file is where a directory belongs. Move it away",
  EEXIST: "a file is where a directory belongs. Move it away",
  EISDIR: "a directory is where the file belongs. Move it away",
  EXDEV: "a part of the directory is another disk. Keep .cache and .dev.vars on the same one",
  EMFILE: "too many files are open. Close other programs",
};

/** A sentence with the system's own code at its end; what was there before is whole. */
export function whyNotWritten(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return `${WHY[code] ?? "the system refuses it. Look at the disk"}, then run this again; what was there before is kept (${code}).`;
}
