// A pin counts code points of the message's plain text; JavaScript counts UTF-16 units. Convert at this border only.
export function units(text, points) {
  let at = 0;
  for (const sign of text) {
    if (points-- <= 0) break;
    at += sign.length;
  }
  return at;
}

// Returns {start, end} in code points for the part of a selection inside one element's text; null when there is none.
export function selectedRange(element) {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(element)) return null;
  // A triple click ends at the beginning of the next message.
  if (!element.contains(range.startContainer)) range.setStart(element, 0);
  if (!element.contains(range.endContainer)) range.setEnd(element, element.childNodes.length);
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...before.toString()].length;
  const length = [...range.toString()].length;
  return length ? { start, end: start + length } : null;
}

// The same words as a range of the page, to be highlighted without touching the text.
export function rangeOf(element, pin) {
  const [start, end] = [place(element, pin.start), place(element, pin.end)];
  if (!start || !end) return null;
  const range = document.createRange();
  range.setStart(...start);
  range.setEnd(...end);
  return range;
}

// Where a code point of an element's text lies: its text node, and the UTF-16 unit in it. The text may be in several.
function place(element, points) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(), left = points; node; node = walker.nextNode()) {
    const length = [...node.data].length;
    if (left <= length) return [node, units(node.data, left)];
    left -= length;
  }
  return null;
}
