// Not more often than once a second, and the newest always.

export function onceASecond(action) {
  let last = 0, waiting = null, newest;
  return (value) => {
    newest = value;
    if (waiting) return;
    waiting = setTimeout(() => { waiting = null; last = Date.now(); action(newest); }, Math.max(0, 1000 - (Date.now() - last)));
  };
}
