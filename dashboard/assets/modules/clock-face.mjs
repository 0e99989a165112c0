// The clock's face, drawn: for words that change with the second the whole page would be laid out and painted anew each second.

const LINE = 0.936; // of the height: where the figures stand; wall.css sets that on the header's line

export class Face {
  constructor(canvas) {
    Object.assign(this, { canvas, pen: canvas.getContext("2d"), said: document.createTextNode(""), time: "", cell: 0, colon: 0, width: 0, height: 0 });
    canvas.replaceChildren(this.said);
    this.fitting = () => this.fit();
    this.sizes = new ResizeObserver(this.fitting);
    this.sizes.observe(canvas, { box: "device-pixel-content-box" });
    canvas.addEventListener("contextrestored", this.fitting); // a pen that was lost comes back without its letters
    this.themes = new MutationObserver(this.fitting);
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  leave() { [this.sizes, this.themes].forEach((each) => each.disconnect()); this.canvas.removeEventListener("contextrestored", this.fitting); }

  // What is drawn can be said as well, to whoever reads the page otherwise; each saying is a change of the page.
  show(time, isSaid) {
    if (isSaid && this.said.data !== time) this.said.data = time;
    if (time === this.time) return;
    this.time = time;
    this.draw();
  }

  // As large, in the letters and in the colour that the page has for it now.
  fit() {
    const { canvas, pen } = this, style = getComputedStyle(canvas), { clientWidth: width, clientHeight: height } = canvas;
    Object.assign(this, { width, height });
    Object.assign(canvas, { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) });
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.fillStyle = style.color;
    pen.textAlign = "center";
    this.cell = Math.max(...[..."0123456789"].map((digit) => pen.measureText(digit).width));
    this.colon = pen.measureText(":").width;
    this.draw();
  }

  // From the right, each figure in a place of its own: none moves when another changes.
  draw() {
    const { pen, cell, colon } = this;
    if (!cell) return;
    let right = this.width;
    pen.clearRect(0, 0, right, this.height);
    for (const sign of [...this.time].reverse()) {
      const width = sign === ":" ? colon : cell;
      pen.fillText(sign, right - width / 2, LINE * this.height);
      right -= width;
    }
  }
}
