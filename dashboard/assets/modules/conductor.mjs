// Brings what the director says onto this wall. It outlives the page of an area: a playlist may show another area's scene for a while.
import { Director } from "./director.mjs";
import { follow } from "./scenes.mjs";
import { Chime } from "./sound.mjs";

export class Conductor {
  // `now()` is the server's clock. A scene pinned by the address is nobody's to change.
  constructor(area, asked, now) {
    this.home = asked.get("home") ?? area;
    Object.assign(this, { pinned: asked.get("scene"), view: null, chime: new Chime() });
    this.director = new Director({
      onScene: (state) => this.scene(state),
      onInterrupt: (state) => this.interrupt(state),
      onResume: () => this.view?.calm(),
      onProgress: (share) => this.view?.progress(share),
      onPrepare: (entry) => this.view?.prepare((entry.scene_area ?? this.home) === this.view.area ? entry : null),
      onSound: () => this.chime.play(),
    }, now);
    this.following = this.pinned ? null : follow(asked.get("screen") ?? "default", this.home, (state) => { this.view?.told(state); this.director.receive(state); });
  }

  // A page has been laid out for an area: it takes over from where the director is.
  attach(view) {
    this.view = view;
    const { state } = this.director;
    if (this.pinned || !state) return void view.show(this.pinned ?? "overview");
    view.told(state);
    if (state.interruption) view.interrupt(state);
    else if ((state.scene_area ?? this.home) === view.area) view.show(state.scene, state.filters);
    else view.show("overview");
  }

  hear(state) { this.following?.hear(state); }

  // Whether a scene or an interruption runs, and ends by itself.
  isTurning() { const { state } = this.director; return Boolean(state && (state.until !== null || state.interruption)); }

  // Once a second while it turns.
  tick() { this.director.tick(); this.following?.check(); }

  scene(state) {
    const area = state.scene_area ?? this.home;
    if (this.view && area !== this.view.area) go(area, this.home);
    else this.view?.show(state.scene, state.filters);
  }

  // Whatever is shown, the area this wall is for has the incident.
  interrupt(state) {
    if (this.view && this.view.area !== this.home) go(this.home, this.home);
    else this.view?.interrupt(state);
  }
}

// The page of another area, for as long as a scene of it is shown; `home` is the area this wall is for.
function go(area, home) {
  const address = new URLSearchParams(location.search);
  if (area === home) address.delete("home"); else address.set("home", home);
  window.dash_clientside.set_props("address", { pathname: `/wall/${area}`, search: address.size ? `?${address}` : "" });
}
