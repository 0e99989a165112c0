// Which tiles a scene has on which shape of wall: columns from left to right, each [share of the width, [tile, share of the height]...].
// A tile is named as its panel's class says; more width brings more columns, never stretched text.

const overviewSide = [["today", 29], ["list", 71]];
const waits = [["pipeline", 48], ["due", 32], ["hours", 20]];

export const PLANS = {
  overview: {
    landscape: [[27, overviewSide], [45, [["map", 62], ["timeline", 38]]], [28, waits]],
    ultra: [[19, overviewSide], [33, [["map", 62], ["timeline", 38]]], [29, [["lanes", 62], ["durations", 38]]], [19, waits]],
    super: [[14, overviewSide], [27, [["map", 62], ["timeline", 38]]], [28, [["lanes", 62], ["durations", 38]]], [17, [["periods", 62], ["composition", 38]]], [14, waits]],
    portrait: [[100, [["today", 29], ["map", 34], ["list", 37]]]],
  },
  flow: {
    landscape: [[66, [["lanes", 60], ["axis", 40]]], [34, [["chain", 36], ["durations", 38], ["variants", 26]]]],
    ultra: [[44, [["lanes", 60], ["axis", 40]]], [28, [["chain", 44], ["durations", 56]]], [28, [["variants", 50], ["due", 50]]]],
    super: [[36, [["lanes", 60], ["axis", 40]]], [22, [["chain", 44], ["durations", 56]]], [22, [["variants", 50], ["follows", 50]]], [20, waits]],
    portrait: [[100, [["lanes", 46], ["chain", 24], ["durations", 30]]]],
  },
  analysis: {
    landscape: [[40, [["periods", 64], ["trend", 36]]], [32, [["map", 66], ["hours", 34]]], [28, [["composition", 56], ["warnings", 44]]]],
    ultra: [[28, [["periods", 62], ["trend", 38]]], [30, [["map", 100]]], [21, [["composition", 100]]], [21, [["warnings", 62], ["hours", 38]]]],
    super: [[24, [["periods", 62], ["trend", 38]]], [28, [["map", 100]]], [16, [["composition", 100]]], [16, [["warnings", 100]]], [16, waits]],
    portrait: [[100, [["periods", 44], ["map", 28], ["composition", 28]]]],
  },
  assessment: {
    landscape: [[38, [["towns", 100]]], [34, [["departments", 100]]], [28, [["echo", 52], ["moves", 48]]]],
    ultra: [[30, [["towns", 100]]], [28, [["departments", 100]]], [22, [["moves", 100]]], [20, [["echo", 62], ["today", 38]]]],
    super: [[26, [["towns", 100]]], [24, [["departments", 100]]], [18, [["moves", 100]]], [16, [["echo", 62], ["today", 38]]], [16, waits]],
    portrait: [[100, [["towns", 42], ["departments", 32], ["moves", 26]]]],
  },
  command: {
    landscape: [[32, [["case", 62], ["near", 38]]], [42, [["map", 60], ["timeline", 40]]], [26, [["means", 46], ["list", 54]]]],
    ultra: [[24, [["case", 62], ["near", 38]]], [34, [["map", 100]]], [26, [["axis", 56], ["timeline", 44]]], [16, [["means", 100]]]],
    super: [[20, [["case", 62], ["near", 38]]], [30, [["map", 100]]], [22, [["axis", 56], ["timeline", 44]]], [14, [["means", 100]]], [14, [["list", 100]]]],
    portrait: [[100, [["case", 48], ["map", 29], ["near", 23]]]],
  },
  forces: {
    landscape: [[40, [["forces", 100]]], [34, [["answering", 100]]], [26, [["sources", 34], ["reporters", 66]]]],
    ultra: [[30, [["forces", 100]]], [26, [["answering", 100]]], [26, [["map", 100]]], [18, [["sources", 34], ["reporters", 66]]]],
    super: [[24, [["forces", 100]]], [22, [["answering", 100]]], [24, [["map", 100]]], [15, [["sources", 34], ["reporters", 66]]], [15, waits]],
    portrait: [[100, [["forces", 44], ["answering", 34], ["sources", 22]]]],
  },
};
