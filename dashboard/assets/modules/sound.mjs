// Two soft tones for an interruption. A browser that wants a touch first stays silent, and so does its console.

const TONES = [[660, 0], [880, 0.22]]; // hertz, seconds after the beginning
const LENGTH = 0.5, LOUDNESS = 0.12;

// context: an AudioContext, made by `open` once it is needed. Gives false when the browser does not let us.
export class Chime {
  constructor(open = () => new (window.AudioContext ?? window.webkitAudioContext)()) { Object.assign(this, { open, context: null }); }

  async play() {
    try {
      this.context ??= this.open();
      // Where sound is refused, resuming waits for ever: do not wait with it.
      if (this.context.state === "suspended") await Promise.race([this.context.resume(), new Promise((give) => setTimeout(give, 300))]);
      if (this.context.state !== "running") return false;
      TONES.forEach(([hertz, after]) => this.tone(hertz, this.context.currentTime + after));
      return true;
    } catch {
      return false; // no sound card, no permission: the wall shows it all the same
    }
  }

  tone(hertz, at) {
    const voice = this.context.createOscillator(), volume = this.context.createGain();
    voice.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
    voice.connect(volume).connect(this.context.destination);
    voice.start(at);
    voice.stop(at + LENGTH);
  }
}
