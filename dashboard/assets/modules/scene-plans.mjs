// Which tiles a scene has on which shape of wall: columns from left to right, each [share of the width, [tile, share of the height]...].
// A tile is named as its panel's class says; more width brings more columns, never stretched text.

const overviewSide = [["today", 29], ["list", 71]];
const waits = [["pipeline", 48], ["due", 32], ["hours", 20]];

export const PLANS = {
  overview: {
    landscape: [[27, overviewSide], [45, [["map", 62], ["timeline", 38]]], [28, waits]],
    ultra: [[18, overviewSide], [30, [["map", 62], ["timeline", 38]]], [33, [["lanes", 52], ["durations", 48]]], [19, waits]],
    super: [[14, overviewSide], [27, [["map", 62], ["timeline", 38]]], [28, [["lanes", 52], ["durations", 48]]], [17, [["periods", 62], ["composition", 38]]], [14, waits]],
    portrait: [[100, [["today", 29], ["map", 34], ["list", 37]]]],
  },
  flow: {
    landscape: [[66, [["lanes", 58], ["axis", 42]]], [34, [["chain", 21], ["durations", 53], ["variants", 26]]]],
    ultra: [[44, [["lanes", 58], ["axis", 42]]], [28, [["chain", 22], ["durations", 78]]], [28, [["variants", 62], ["due", 38]]]],
    super: [[36, [["lanes", 58], ["axis", 42]]], [22, [["chain", 22], ["durations", 78]]], [22, [["variants", 52], ["follows", 48]]], [20, waits]],
    portrait: [[100, [["pipeline", 50], ["chain", 19], ["due", 31]]]],
  },
  analysis: {
    landscape: [[40, [["periods", 64], ["trend", 36]]], [32, [["map", 66], ["hours", 34]]], [28, [["composition", 56], ["warnings", 44]]]],
    ultra: [[28, [["periods", 62], ["trend", 38]]], [30, [["map", 100]]], [21, [["composition", 100]]], [21, [["warnings", 62], ["hours", 38]]]],
    super: [[24, [["periods", 62], ["trend", 38]]], [28, [["map", 100]]], [16, [["composition", 100]]], [16, [["warnings", 100]]], [16, waits]],
    portrait: [[100, [["periods", 48], ["map", 26], ["composition", 26]]]],
  },
  assessment: {
    landscape: [[38, [["towns", 100]]], [34, [["departments", 100]]], [28, [["echo", 52], ["moves", 48]]]],
    ultra: [[30, [["towns", 100]]], [28, [["departments", 100]]], [22, [["moves", 100]]], [20, [["echo", 62], ["today", 38]]]],
    super: [[26, [["towns", 100]]], [24, [["departments", 100]]], [18, [["moves", 100]]], [16, [["echo", 62], ["today", 38]]], [16, waits]],
    portrait: [[100, [["towns", 42], ["departments", 32], ["moves", 26]]]],
  },
  command: {
    landscape: [[32, [["case", 73], ["near", 27]]], [42, [["map", 60], ["timeline", 40]]], [26, [["means", 46], ["list", 54]]]],
    ultra: [[24, [["case", 73], ["near", 27]]], [46, [["map", 58], ["axis", 42]]], [30, [["means", 44], ["list", 56]]]],
    super: [[19, [["case", 73], ["near", 27]]], [29, [["map", 100]]], [34, [["axis", 52], ["timeline", 48]]], [18, [["means", 44], ["list", 56]]]],
    portrait: [[100, [["case", 66], ["map", 20], ["near", 14]]]],
  },
  forces: {
    landscape: [[40, [["forces", 100]]], [34, [["answering", 100]]], [26, [["sources", 34], ["reporters", 66]]]],
    ultra: [[30, [["forces", 100]]], [26, [["answering", 100]]], [26, [["map", 100]]], [18, [["sources", 34], ["reporters", 66]]]],
    super: [[24, [["forces", 100]]], [22, [["answering", 100]]], [24, [["map", 100]]], [15, [["sources", 34], ["reporters", 66]]], [15, waits]],
    portrait: [[100, [["forces", 44], ["answering", 34], ["sources", 22]]]],
  },
};
