// Views kept by name, lines of a picture's note, and the address of a file.
import assert from "node:assert/strict";
import test from "node:test";

const { added, readable, without } = await import("../../dashboard/assets/modules/analysis-views.mjs");
const { fileAddress, wrapped } = await import("../../dashboard/assets/modules/analysis-export.mjs");
const { fill } = await import("../../dashboard/assets/modules/elements.mjs");

test("a view of the same name takes the place of the older one, the newest first", () => {
  const views = added(added(added([], "a", "/analysis", ""), "b", "/analysis?x=1", ""), "a", "/analysis?x=2", "said");
  assert.deepEqual(views, [{ name: "a", href: "/analysis?x=2", said: "said" }, { name: "b", href: "/analysis?x=1", said: "" }]);
  assert.deepEqual(without(views, "a").map((each) => each.name), ["b"]);
  assert.equal(Array.from({ length: 60 }).reduce((kept, _, place) => added(kept, `${place}`, "/analysis", ""), []).length, 50);
});

test("what was kept is read, and what leads elsewhere or is broken is not", () => {
  const kept = [{ name: "a", href: "/analysis/330483100?x=1" }, { name: "b", href: "https://elsewhere" }, { name: "c", href: "/analysis-export/rows.csv" }, { name: 1, href: "/analysis" }, null];
  assert.deepEqual(readable(JSON.stringify(kept)).map((each) => each.name), ["a"]);
  for (const broken of [null, "", "{", "{}", "7"]) assert.deepEqual(readable(broken), []);
});

test("a note is wrapped by the room its characters take", () => {
  assert.deepEqual(wrapped("abcdef", 4), ["abcd", "ef"]);
  assert.deepEqual(wrapped("上报数ab", 4), ["上报", "数ab"]);
  assert.equal(wrapped("2026 年 11 月 · 桐乡市", 8).join(""), "2026 年 11 月 · 桐乡市");
  assert.deepEqual(wrapped("aaa𠮷b", 5), ["aaa𠮷", "b"]);
  assert.deepEqual(wrapped("reports of a month", 10), ["reports of ", "a month"]);
  assert.deepEqual(wrapped("路灯 https://a.example/b", 9), ["路灯 http", "s://a.exa", "mple/b"]);
});

test("a file is asked for by the address shown, its area with it", () => {
  globalThis.location = { pathname: "/analysis/330483100", search: "?period=2026-11&open=reported" };
  assert.equal(fileAddress("rows", "csv", { table: "{}" }), "/analysis-export/rows.csv?period=2026-11&open=reported&area=330483100&table=%7B%7D");
  globalThis.location = { pathname: "/analysis", search: "" };
  assert.equal(fileAddress("trend", "xlsx"), "/analysis-export/trend.xlsx?");
});

test("places of a sentence are filled by name, and what is not known is nothing", () => {
  assert.equal(fill("{a} of {b}{c}", { a: 1, b: "x" }), "1 of x");
});

const { moved } = await import("../../dashboard/assets/modules/analysis-section.mjs");

test("a limit that was moved in its field goes into the address, one that was not stays out", () => {
  const rules = [{ rule: "finish~*~", at: "7" }, { rule: "finish~A.01~", at: "1" }];
  assert.equal(moved("", [7, 1], rules), "");
  assert.equal(moved("", [5, 1], rules), "finish~*~~5");
  assert.equal(moved("finish~*~~5,accept~*~~2", [6, 1], [{ rule: "finish~*~", at: "5" }, rules[1]]), "finish~*~~6,accept~*~~2");
  assert.equal(moved("finish~*~~5", [null, 0], rules), "finish~*~~5", "an empty field says nothing");
});
