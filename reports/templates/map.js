// Zoom and pan for the process map. Without this script the map scrolls in its box; with it there are buttons too.
"use strict";
for (const map of document.querySelectorAll(".map")) {
  const box = map.querySelector(".map-box");
  const picture = map.querySelector(".map-picture");
  const width = Number(picture.getAttribute("width"));
  const height = Number(picture.getAttribute("height"));
  const least = 0.15, most = 4, step = 1.25, pan = 60;
  let scale = 1;

  // The point (x, y) of the box stays where it is.
  function zoom(wanted, x = box.clientWidth / 2, y = box.clientHeight / 2) {
    const before = scale;
    scale = Math.min(Math.max(wanted, least), most);
    const left = (box.scrollLeft + x) * scale / before - x;
    const top = (box.scrollTop + y) * scale / before - y;
    picture.setAttribute("width", Math.round(width * scale));
    picture.setAttribute("height", Math.round(height * scale));
    box.scrollTo(left, top);
  }

  function whole() {
    zoom(Math.min(box.clientWidth / width, window.innerHeight * 0.9 / height, 1));
    box.scrollTo(0, 0);
  }

  const ways = { in: () => zoom(scale * step), out: () => zoom(scale / step), whole };
  const tools = map.querySelector(".map-tools").content.cloneNode(true);
  for (const button of tools.querySelectorAll("button")) button.addEventListener("click", ways[button.value]);
  box.before(tools);

  const keys = {
    "+": ways.in, "-": ways.out, "0": whole,
    ArrowLeft: () => box.scrollBy(-pan, 0), ArrowRight: () => box.scrollBy(pan, 0),
    ArrowUp: () => box.scrollBy(0, -pan), ArrowDown: () => box.scrollBy(0, pan),
  };
  box.addEventListener("keydown", (event) => {
    const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    if (vertical && box.scrollHeight <= box.clientHeight) return; // then the page scrolls
    event.preventDefault();
    keys[event.key]();
  });

  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const place = box.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 400), event.clientX - place.left, event.clientY - place.top);
  }, { passive: false });

  // On a small screen the start is where the reader looks first.
  const start = map.querySelector(".start rect").getBBox();
  box.scrollLeft = start.x + start.width / 2 - box.clientWidth / 2;

  // A finger scrolls by itself; a mouse drags.
  box.classList.add("map-drag");
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0) box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (box.hasPointerCapture(event.pointerId)) box.scrollBy(-event.movementX, -event.movementY);
  });
}
