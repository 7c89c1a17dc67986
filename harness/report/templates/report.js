"use strict";
// A cursor that crosses all charts over time, and the numbers under it in their legends. The page says everything
// without it.
(() => {
  const data = JSON.parse(document.getElementById("series").textContent);
  const charts = [...document.querySelectorAll("svg.time")].map((svg) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("class", "cursor");
    line.setAttribute("stroke", "var(--ink,#14212b)");
    line.setAttribute("stroke-width", "1");
    line.setAttribute("vector-effect", "non-scaling-stroke");
    line.setAttribute("visibility", "hidden");
    svg.appendChild(line);
    // The figure has a label of its own; the title would only pop up over the read-out.
    svg.querySelector("title").remove();
    const n = (name) => Number(svg.dataset[name]);
    return { svg, line, t0: n("t0"), t1: n("t1"), x0: n("x0"), x1: n("x1"), y0: n("y0"), y1: n("y1") };
  });
  const slots = [...document.querySelectorAll("[data-s]")];
  const times = [...document.querySelectorAll(".legend")].filter((l) => l.querySelector("[data-s]")).map((legend) => {
    const item = document.createElement("li");
    item.appendChild(document.createElement("b"));
    legend.appendChild(item);
    return item.firstChild;
  });
  const short = (v) => (v >= 100 ? Math.round(v).toLocaleString("en") : String(Number(v.toPrecision(3))));
  const ms = (v) => (v >= 1000 ? short(v / 1000) + " s" : short(v) + " ms");
  const format = (column, v) => {
    if (v === null || v === undefined) return "–";
    if (/^(p\d+|max|lag_ms|stall_ms)$/.test(column)) return ms(v);
    if (column === "steal" || column === "busy") return short(v * 100) + " %";
    return /^(in_flight|queued)$/.test(column) ? short(v) : short(v) + "/s";
  };
  const at = (t) => data.t.findIndex((start) => t >= start && t < start + data.width);
  const show = (index) => {
    for (const c of charts) {
      if (index < 0) {
        c.line.setAttribute("visibility", "hidden");
        continue;
      }
      const t = data.t[index] + data.width / 2;
      const x = c.x0 + ((t - c.t0) / (c.t1 - c.t0)) * (c.x1 - c.x0);
      c.line.setAttribute("d", `M${x} ${c.y0}V${c.y1}`);
      c.line.setAttribute("visibility", "visible");
    }
    for (const slot of slots) slot.textContent = index < 0 ? "" : format(slot.dataset.s, data[slot.dataset.s][index]);
    for (const time of times) time.textContent = index < 0 ? "" : `at ${data.t[index]} s`;
  };
  for (const c of charts) {
    c.svg.addEventListener("pointermove", (event) => {
      const box = c.svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * c.svg.viewBox.baseVal.width;
      show(at(c.t0 + ((x - c.x0) / (c.x1 - c.x0)) * (c.t1 - c.t0)));
    });
    c.svg.addEventListener("pointerleave", () => show(-1));
  }
})();
