import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  nextPagePath,
  PAGE_ROWS,
  readQuery,
  toIndexFilter,
} from "../../../src/dashboard/pages/dispatch-query.ts";
import type { IndexedDispatch } from "../../../src/domain/dispatch-index.ts";

const VISIBLE = [
  { id: 1, owner: "acme", name: "app" },
  { id: 2, owner: "Acme", name: "Site" },
];

function filterOf(address: string) {
  const { searchParams } = new URL(address, "https://relay.example");
  return toIndexFilter(readQuery(searchParams), VISIBLE, searchParams.get("before"));
}

test("asks for everything that the viewer may see, one row more than a page", () => {
  expect(filterOf("/dispatches")).toEqual({
    repositoryIds: [1, 2],
    state: null,
    route: null,
    actor: null,
    since: null,
    until: null,
    before: null,
    limit: PAGE_ROWS + 1,
  });
});

test("takes every filter, the last day as a whole", () => {
  const address =
    "/dispatches?repository=acme/SITE&state=failed&person=@mona&since=2026-01-01&until=2026-01-02";
  expect(filterOf(address)).toMatchObject({
    repositoryIds: [2],
    state: "failed",
    actor: "mona",
    since: Date.parse("2026-01-01T00:00:00Z"),
    until: Date.parse("2026-01-03T00:00:00Z"),
  });
});

test("leaves out what makes no sense, but finds nothing in a repository that is not the viewer's", () => {
  const odd = "/dispatches?state=none&since=2026-13-01&until=x&before=1.%22%27";
  expect(filterOf(odd)).toEqual(filterOf("/dispatches"));
  expect(filterOf("/dispatches?repository=other/app").repositoryIds).toEqual([]);
});

test("never asks beyond what the viewer may see, whatever the address says", () => {
  const field = fc.constantFrom("repository", "state", "person", "since", "until", "before");
  fc.assert(
    fc.property(fc.array(fc.tuple(field, fc.string())), (fields) => {
      const search = new URLSearchParams(fields).toString();
      const { repositoryIds } = filterOf(`/dispatches?${search}`);
      expect([1, 2]).toEqual(expect.arrayContaining([...repositoryIds]));
    }),
  );
});

test("goes on after the last row, with the same filters", () => {
  const last = { id: "mr-1-abc", created_at: "2026-01-02T03:04:05.678Z" } as IndexedDispatch;
  const { searchParams } = new URL("https://r.example/dispatches?state=failed&person=a%26b");
  const next = filterOf(nextPagePath(readQuery(searchParams), last));
  expect(next).toMatchObject({
    state: "failed",
    actor: "a&b",
    before: { at: Date.parse(last.created_at), id: last.id },
  });
});
