/** A bare repository that grows as a test needs it: commits, merges, branches, tags, a fork's commit. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mustRun } from "./processes.ts";
import type { SourceRepository } from "./runner/run-request.ts";

const DOCKERFILE =
  "FROM scratch\nARG TARGETPLATFORM\nCOPY app.txt /app.txt\nENV PLATFORM=$TARGETPLATFORM\n";

export class TestRepository implements SourceRepository {
  readonly gitDir: string;
  readonly fullName: string;
  readonly defaultBranch = "main";
  readonly #work: string;
  #count = 0;

  private constructor(folder: string, fullName: string) {
    this.fullName = fullName;
    this.gitDir = join(folder, `${fullName}.git`);
    this.#work = join(folder, fullName);
  }

  /** A repository with a Dockerfile and one commit on `main`. */
  static async create(folder: string, fullName: string): Promise<TestRepository> {
    const repository = new TestRepository(folder, fullName);
    await mkdir(repository.#work, { recursive: true });
    await mustRun("git", ["init", "--quiet", "--bare", "-b", "main", repository.gitDir]);
    await mustRun("git", ["clone", "--quiet", repository.gitDir, repository.#work]);
    await repository.commit("main", {
      Dockerfile: DOCKERFILE,
      "app/Dockerfile": DOCKERFILE,
      "app/app.txt": "app",
    });
    return repository;
  }

  /** Commits to a branch, which starts at `main` where it is new, and pushes it. */
  async commit(branch: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.#switch(branch);
    this.#count += 1;
    const all: Record<string, string> = { "app.txt": `change ${this.#count}\n`, ...files };
    for (const [name, text] of Object.entries(all)) {
      const path = join(this.#work, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    return this.#finish(branch);
  }

  /** Commits a symbolic link. */
  async link(branch: string, name: string, to: string): Promise<string> {
    await this.#switch(branch);
    await symlink(to, join(this.#work, name));
    return this.#finish(branch);
  }

  /** A commit that the repository's store holds but no branch of it: a fork's. */
  async forkCommit(): Promise<string> {
    await this.#switch("main");
    await writeFile(join(this.#work, "app.txt"), "a stranger's\n");
    await this.#git("commit", "-qam", "fork");
    const sha = await this.#git("rev-parse", "HEAD");
    await this.#git("push", "-q", "origin", "HEAD:refs/pull/1/head");
    await this.#git("reset", "-q", "--hard", "origin/main");
    return sha;
  }

  /** Sets a tag, moving it where it exists; annotated, as releases mostly are. */
  async tag(name: string, sha: string): Promise<string> {
    await this.#git("tag", "-f", "-a", "-m", name, name, sha);
    await this.#git("push", "-q", "-f", "origin", `refs/tags/${name}`);
    return this.#git("rev-parse", `refs/tags/${name}`);
  }

  async #switch(branch: string): Promise<void> {
    if ((await this.#git("branch", "--show-current")) === branch) return;
    const known = await this.#git("branch", "--list", branch);
    if (known === "") await this.#git("checkout", "-q", "-b", branch, "main");
    else await this.#git("checkout", "-q", branch);
  }

  async #finish(branch: string): Promise<string> {
    await this.#git("add", "-A");
    await this.#git("commit", "-q", "-m", `change ${this.#count}`);
    await this.#git("push", "-q", "origin", `HEAD:refs/heads/${branch}`);
    return this.#git("rev-parse", "HEAD");
  }

  async #git(...args: string[]): Promise<string> {
    const person = ["-c", "user.name=A Person", "-c", "user.email=person@example.com"];
    return mustRun("git", ["-C", this.#work, ...person, ...args]);
  }
}
