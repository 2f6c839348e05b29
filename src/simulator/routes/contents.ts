import { json, notFound, problem, text, type Answer } from "../answer.ts";
import { repositoryApiUrl, repositoryWebUrl } from "../represent/urls.ts";
import type { RepositoryCall, Route } from "../router.ts";
import { blobSha, resolveRef } from "../world/git.ts";
import { allFiles, fileAt, type Tree } from "../world/tree.ts";
import { READS_CONTENTS } from "./commits.ts";
import type { Room } from "./room.ts";

const LINE_LENGTH = 60;

/** Base64 in lines, as GitHub sends it. */
function encodeLines(content: string): string {
  const encoded = Buffer.from(content).toString("base64");
  return encoded.replace(new RegExp(`.{1,${LINE_LENGTH}}`, "g"), "$&\n");
}

interface Entry {
  readonly type: "file" | "dir";
  readonly path: string;
  readonly content: string | null;
}

function presentEntry(room: Room, call: RepositoryCall, entry: Entry, ref: string) {
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const api = repositoryApiUrl(room.state, call.repository);
  const web = repositoryWebUrl(room.state, call.repository);
  const sha = blobSha(entry.content ?? entry.path);
  const file = entry.type === "file";
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${file ? "blobs" : "trees"}/${sha}`;
  const html = `${web}/${file ? "blob" : "tree"}/${encodeURI(ref)}/${path}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha,
    size: Buffer.byteLength(entry.content ?? ""),
    url: self,
    html_url: html,
    git_url: git,
    download_url: file ? `${web}/raw/${encodeURI(ref)}/${path}` : null,
    type: entry.type,
    _links: { self, git, html },
  };
}

function entriesUnder(files: Tree, folder: string): Entry[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const inside = [...allFiles(files)].filter(([path]) => path.startsWith(prefix));
  const entries = inside.map(([path, content]): Entry => {
    const [name = "", below] = path.slice(prefix.length).split("/");
    return below === undefined
      ? { type: "file", path: `${prefix}${name}`, content }
      : { type: "dir", path: `${prefix}${name}`, content: null };
  });
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}

function contents(room: Room, call: RepositoryCall): Answer {
  const { repository, request } = call;
  const path = (call.params["path"] ?? "").replace(/\/$/, "");
  const ref = request.query.get("ref") ?? repository.defaultBranch;
  const commit = resolveRef(room.state, repository, ref);
  if (commit === null) {
    return problem(404, `No commit found for the ref ${ref}`);
  }
  const content = fileAt(commit.files, path);
  const accept = request.headers["accept"] ?? "";
  if (content === undefined) {
    const entries = entriesUnder(commit.files, path);
    return entries.length === 0
      ? notFound()
      : json(
          200,
          entries.map((entry) => presentEntry(room, call, entry, ref)),
        );
  }
  if (accept.includes("raw")) {
    return text(200, content, "application/vnd.github.raw; charset=utf-8");
  }
  const entry = presentEntry(room, call, { type: "file", path, content }, ref);
  return json(200, { ...entry, content: encodeLines(content), encoding: "base64" });
}

/** Files and folders at a ref. */
export function contentRoutes(room: Room): Route[] {
  const route = (pattern: string): Route => ({
    method: "GET",
    pattern,
    auth: "repository",
    needs: READS_CONTENTS,
    handle: (call) => contents(room, call),
  });
  return [route("/repos/:owner/:repo/contents"), route("/repos/:owner/:repo/contents/:path*")];
}
