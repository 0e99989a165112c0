// Words, ages and shapes as the browser shows them; the words themselves come from the server.

export const STAGE_OF = { reported: 1, town: 2, city: 2, dispatched: 3, handling: 4, suspended: 4, checking: 5, closed: 6, followed_up: 6, merged: 6, void: 6 };
const SHAPES = { late: "▲", risk: "◆", "on-time": "●", ended: "○" };

export function fill(template, facts) {
  return template.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}

export function duration(words, milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  if (minutes < 1) return words["duration.none"];
  if (minutes < 60) return fill(words["duration.minutes"], { minutes });
  if (minutes < 48 * 60) {
    const facts = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
    return fill(words[facts.minutes ? "duration.hours" : "duration.hours_only"], facts);
  }
  const days = Math.floor(minutes / 1440), hours = Math.floor((minutes % 1440) / 60);
  return fill(words[hours && days < 60 ? "duration.days" : "duration.days_only"], { days, hours });
}

export function age(words, milliseconds) {
  return milliseconds < 60000 ? words["ago.now"] : fill(words["ago"], { duration: duration(words, milliseconds) });
}

// Late, at risk or on time, by the instants the server has counted; settled in time, it only waits for its check.
export function standing(incident, now) {
  if (["closed", "followed_up", "merged", "void"].includes(incident.state)) return "ended";
  if (incident.due === null || incident.due === undefined || incident.state === "suspended") return "on-time";
  if (incident.resolved && incident.resolved <= incident.due) return "on-time";
  if (incident.due < now) return "late";
  return incident.risk !== null && incident.risk <= now ? "risk" : "on-time";
}

export function shape(kind) { return SHAPES[kind]; }
