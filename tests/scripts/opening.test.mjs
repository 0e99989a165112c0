// What a wall asks for before its page stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, bordersOf, namesIn, of, read, take, takeClock } from "../../dashboard/assets/modules/opening.mjs";

const HOME = { area: "330483", level: "county" };

test("the page of an address is a wall's own area and language, and none of the past or of a desk", () => {
  const at = (pathname, search = "") => of({ pathname, search }, "330483");
  for (const path of ["/", "/wall", "/wall/"]) assert.deepEqual(at(path), { area: "330483", language: "zh-CN" });
  assert.deepEqual(at("/wall/330483100", "?lang=en&scene=flow"), { area: "330483100", language: "en" });
  assert.deepEqual(at("/wall", "?lang=fr"), { area: "330483", language: "zh-CN" });
  for (const [path, search] of [["/wall", "?at=2026-11-24T09:29"], ["/analysis"], ["/wallpaper"], ["/incident/7"], ["/wall/1/2"]]) assert.equal(at(path, search), null);
});

test("each answer is asked for once and taken once, the clock is measured meanwhile, and what failed is asked for again", async () => {
  const answers = { "/now": { now: 5, ahead: 0 }, "/names/zh-CN.json": { zone: "Asia/Shanghai" } }, asked = [];
  globalThis.window = {};
  globalThis.fetch = async (address) => { asked.push(address); return { ok: address in answers, json: async () => answers[address] }; };
  begin({ pathname: "/wall", search: "" }, HOME);
  const clock = takeClock();
  await clock.begin();
  assert.notEqual(clock.offset, null);
  assert.notEqual(takeClock(), clock);
  assert.deepEqual(await namesIn("zh-CN"), { zone: "Asia/Shanghai" });
  assert.equal(asked.filter((address) => address === "/names/zh-CN.json").length, 1);
  await namesIn("zh-CN");
  assert.equal(asked.filter((address) => address === "/names/zh-CN.json").length, 2);
  assert.equal(await take("/state/330483"), null); // the server did not answer: the page asks itself
  assert.equal(take("/state/330483"), undefined);
});

test("the borders of the city's own wall are asked for once and read where the map needs them; of another area only there", async () => {
  const asked = [];
  globalThis.fetch = async (address) => { asked.push(address); return { ok: true, json: async () => ({ address }) }; };
  const borders = bordersOf("330483", "county");
  assert.deepEqual(borders, ["/geo/330483/county.geojson", "/geo/330483/township.geojson"]);
  begin({ pathname: "/wall", search: "" }, HOME);
  assert.deepEqual(await Promise.all(borders.map(read)), borders.map((address) => ({ address })));
  assert.deepEqual(asked.filter((address) => address.startsWith("/geo/")), borders);
  begin({ pathname: "/wall/330483100", search: "" }, HOME);
  assert.deepEqual(asked.filter((address) => address.startsWith("/geo/")), borders);
  assert.deepEqual(await read(bordersOf("330483100", "township")[1]), { address: "/geo/330483100/village.geojson" });
});
