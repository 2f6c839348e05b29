const TICKS_AFTER_MILLISECONDS = "0000";

/** A job log as GitHub serves it: byte order mark, one timestamp a line, groups by name. */
export function runLog(at: number, groups: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(groups).flatMap(([name, body]) =>
    name === "" ? body : [`##[group]${name}`, ...body, "##[endgroup]"],
  );
  const stamped = lines.map((line, index) => {
    const time = new Date(at + index).toISOString().replace("Z", `${TICKS_AFTER_MILLISECONDS}Z`);
    return `${time} ${line}\n`;
  });
  return `\uFEFF${stamped.join("")}`;
}
