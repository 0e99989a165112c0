// Rows of the live list: what stands where it stood is left alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange } from "../../dashboard/assets/modules/list-row.mjs";

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
