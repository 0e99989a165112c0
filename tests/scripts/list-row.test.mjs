// Rows of the live list: what stands where it stood is left alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange, rowOf } from "../../dashboard/assets/modules/list-row.mjs";

class List {
  constructor() { Object.assign(this, { children: [], moved: [] }); }

  insertBefore(child, next) {
    this.children = this.children.filter((each) => each !== child);
    this.children.splice(next === null ? this.children.length : this.children.indexOf(next), 0, child);
    this.moved.push(child.name);
  }
}

const list = new List(), at = Object.fromEntries([..."abcdefg"].map((name) => [name, { name, remove() { list.children = list.children.filter((each) => each !== this); } }]));
const shown = (words) => {
  list.moved = [];
  arrange(list, [...words].map((name) => at[name]));
  assert.equal(list.children.map(({ name }) => name).join(""), words);
  return list.moved.join("");
};

test("only what comes or changes its place is put in", () => {
  assert.equal(shown("abcd"), "abcd");
  assert.equal(shown("eabc"), "e"); // a new one above, the last falls out
  assert.equal(shown("eafc"), "f"); // one says something else now
  assert.equal(shown("ac"), "");
  assert.equal(shown("gab"), "gb");
  assert.equal(shown("bga"), "b"); // one is the newest again
  assert.equal(shown(""), "");
});

const names = { areas: { 330483: "Tongxiang", v: "Yangyuan" }, categories: { a: "Lamp" }, states: { handling: "in hand", closed: "closed" }, organisations: {}, channels: {}, words: new Proxy({}, { get: (_, name) => `${String(name)} {duration} {count} {minutes} {hours} {days}` }) };
const AT = 1_700_000_000_000, MINUTE = 60_000;
const report = { id: 7, at: AT, received: AT, state: "handling", category: "a", channel: "wechat", township: "330483", village: "v", text: "dark", media: 0, restricted: false, due: AT + 600 * MINUTE, risk: AT + 480 * MINUTE, resolved: null, ended: null, holder: null, urgency: "normal" };
const said = (minutes, more = {}) => JSON.stringify(rowOf({ ...report, ...more }, names, AT + minutes * MINUTE, "county"));

test("a row says something else when its age, its lateness or its case does, and only then", () => {
  const second = 1 / 60;
  assert.equal(said(20 + second), said(20));
  assert.notEqual(said(21), said(20)); // its age
  assert.equal(JSON.parse(said(4)).isFresh, true);
  assert.equal(JSON.parse(said(5)).isFresh, false);
  const kinds = [20, 500, 700].map((minutes) => JSON.parse(said(minutes)).kind);
  assert.equal(new Set(kinds).size, 3, kinds.join());
  assert.notEqual(said(20, { state: "closed" }), said(20));
});
