import assert from "node:assert/strict";
import { test } from "node:test";
import { isNarrow, isSame, matches, sentence, toQuery } from "../../dashboard/assets/modules/narrowing.mjs";

const FENCE = { category: "A.02.01", channel: "wechat", handler: "transport", state: "handling", urgency: "normal" };

test("a kind holds what stands below it, and no kind that only begins with the same letters", () => {
  assert.ok(matches({ category: "A.02" }, FENCE) && matches({ category: "A.02.01" }, FENCE));
  assert.ok(!matches({ category: "A.0" }, FENCE) && !matches({ category: "A.02" }, { ...FENCE, category: null }));
});

test("all that is asked must hold, and nothing asked lets all through", () => {
  assert.ok(matches({ channel: "wechat", department: "transport" }, FENCE) && matches({}, FENCE) && matches(undefined, FENCE));
  assert.ok(!matches({ channel: "wechat", urgency: "urgent" }, FENCE));
});

test("it stands in a query and in words", () => {
  assert.deepEqual([toQuery({}), toQuery({ urgency: "urgent", state: "handling" }), isNarrow({})], ["", "?urgency=urgent&state=handling", false]);
  const names = { categories: { A: "市容环境" }, channels: {}, organisations: {}, states: {}, urgencies: { urgent: "紧急" } };
  assert.equal(sentence({ category: "A", urgency: "urgent", channel: "fax" }, names), "市容环境 · 紧急 · fax");
});

test("two ways of writing the same narrowing are one, and none is the same as nothing", () => {
  assert.ok(isSame({ category: "A", channel: "wechat" }, { channel: "wechat", category: "A" }));
  assert.ok(isSame(undefined, {}) && isSame(null, undefined));
  assert.ok(!isSame({ category: "A" }, {}) && !isSame({ category: "A" }, { category: "B" }));
});
