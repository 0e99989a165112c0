// A clock drawn beside the page: no second wakes the page, has it laid out or painted.
import { Hand, ofThread } from "./clock-hand.mjs";

let hand = null;

self.onmessage = ({ data: { canvas, zone, does, what } }) => {
  if (canvas) hand = new Hand(canvas, zone, ofThread);
  else hand[does](what);
  self.postMessage("done"); // a thread that has ended says nothing, and nothing says that it has
};
