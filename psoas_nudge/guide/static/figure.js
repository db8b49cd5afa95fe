// Shows the picture of a pose and animates the body from the previous one, unless the person prefers reduced motion.
// All drawings of a routine have the same path commands (guide/figures/shapes.py), so only numbers are interpolated.

const MILLISECONDS = 900;
const NUMBER = /-?\d+(?:\.\d+)?/g;
const still = matchMedia("(prefers-reduced-motion: reduce)");

let shown = null; // { name, side, svg }
let moving = 0;

function parsed(drawn) {
  return document.importNode(new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement, true);
}

function paths(svg) {
  return [...svg.querySelectorAll(".body > path")];
}

function mixed(from, to, share) {
  const numbers = from.match(NUMBER);
  let at = 0;
  return to.replace(NUMBER, (number) => {
    const start = Number(numbers[at++]);
    return (start + (Number(number) - start) * share).toFixed(2);
  });
}

// `way`: lists of path data, interpolated linearly from each to the next.
function move(svg, way) {
  const body = paths(svg);
  const began = performance.now();
  svg.classList.add("moving");
  function frame(now) {
    const passed = Math.min(1, Math.max(0, (now - began) / MILLISECONDS));
    const along = (passed < 0.5 ? 2 * passed ** 2 : 1 - (2 - 2 * passed) ** 2 / 2) * (way.length - 1);
    const leg = Math.min(way.length - 2, Math.floor(along));
    body.forEach((path, part) => path.setAttribute("d", mixed(way[leg][part], way[leg + 1][part], along - leg)));
    if (passed < 1) moving = requestAnimationFrame(frame);
    else svg.classList.remove("moving");
  }
  frame(began);
}

export function show(place, { name, side, drawn, label, ways }) {
  if (shown?.name !== name || shown.side !== side) {
    cancelAnimationFrame(moving);
    const svg = parsed(drawn);
    const [from, to] = [shown && paths(shown.svg), paths(svg)];
    const straight = shown?.side === side && !still.matches && from.length === to.length;
    place.replaceChildren(svg);
    if (straight) {
      const data = (all) => all.map((path) => path.getAttribute("d"));
      move(svg, [data(from), ...(ways[`${shown.name} ${name}`] ?? []), data(to)]);
    }
    svg.setAttribute("role", "img");
    shown = { name, side, svg };
  }
  shown.svg.setAttribute("aria-label", label);
}
