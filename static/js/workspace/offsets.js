// A pin counts code points of the message's plain text; JavaScript counts UTF-16 units. Convert at this border only.
export function codePoints(text, units) {
  return [...text.slice(0, units)].length;
}

export function units(text, points) {
  let at = 0;
  for (const sign of text) {
    if (points-- <= 0) break;
    at += sign.length;
  }
  return at;
}

// Returns {start, end} in code points for a selection inside one element's text; null when there is none.
export function selectedRange(element) {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.startContainer) || !element.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...before.toString()].length;
  const length = [...range.toString()].length;
  return length ? { start, end: start + length } : null;
}
