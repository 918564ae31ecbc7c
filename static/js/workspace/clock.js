// Counts the seconds on review. A minute without any sign of life does not count.
const IDLE = 60000;

export class ActiveClock {
  constructor(form) {
    this.shown = form.querySelector("[data-clock]");
    this.total = Number(form.dataset.active || 0);
    this.unsent = 0;
    this.lastSign = Date.now();
    for (const kind of ["keydown", "pointerdown", "pointermove", "scroll", "wheel"]) {
      document.addEventListener(kind, () => { this.lastSign = Date.now(); }, { passive: true, capture: true });
    }
    setInterval(() => this.tick(), 1000);
  }

  tick() {
    if (document.hidden || Date.now() - this.lastSign > IDLE) return;
    this.total += 1;
    this.unsent += 1;
    if (this.shown) this.shown.textContent = words(this.total);
  }

  // Hands over the seconds that no save has carried yet.
  take() {
    const seconds = this.unsent;
    this.unsent = 0;
    return seconds;
  }

  giveBack(seconds) {
    this.unsent += seconds;
  }
}

function words(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
