// Puts a chart that answers to pointing in the place of the drawing, when the reader comes near it. Without this
// script, in print and where colours are forced, the drawing stays.
(() => {
  const narrow = 560;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const live = new Set();

  function load() {
    if (window.Plotly) return;
    const script = document.createElement("script");
    script.textContent = document.getElementById("plotly").textContent;
    document.head.append(script);
  }

  // "var(--blue)" becomes the colour of the theme that is on.
  function coloured(part, style) {
    if (typeof part === "string") {
      const name = /^var\((--[\w-]+)\)$/.exec(part);
      return name ? style.getPropertyValue(name[1]).trim() : part;
    }
    if (Array.isArray(part)) return part.map((each) => coloured(each, style));
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, coloured(each, style)]));
  }

  function draw(plot) {
    const place = plot.querySelector(".live");
    const { data, layout, few } = coloured(
      JSON.parse(plot.querySelector("script").textContent), getComputedStyle(document.documentElement));
    layout.font.family = getComputedStyle(document.body).fontFamily;
    layout.width = plot.clientWidth;
    if (plot.clientWidth < narrow) {
      // The names stand above the plot here.
      Object.assign(layout.xaxis, few);
      layout.margin.r = 12;
      layout.annotations = layout.annotations.filter((each) => each.name !== "beside");
    }
    window.Plotly.react(place, data, layout, { displayModeBar: false, showTips: false, doubleClick: false });
    plot.classList.add("drawn");
    live.add(plot);
  }

  const again = () => live.forEach(draw);
  dark.addEventListener("change", again);
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(again, 150); });

  if (matchMedia("(forced-colors: active)").matches) return;
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      load();
      draw(target);
    }
  }, { rootMargin: "300px" });
  document.querySelectorAll(".drawing").forEach((plot) => near.observe(plot));
})();
