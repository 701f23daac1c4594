/** The square and the ring around it. */
import encodeQR from "qr";

const MARK = 13; // modules in the middle that the city's mark covers; error correction M bears them (tests/journeys/test_code.py)

/** Path of the dark modules, the middle left free for the mark; and the number of modules on a side. */
export function square(text: string): { path: string; side: number } {
  const bordered = encodeQR(text, "raw", { ecc: "medium", encoding: "alphanumeric", border: 1 }); // it knows no border of 0
  const rows = bordered.slice(1, -1).map((row) => row.slice(1, -1));
  const side = rows.length;
  const first = (side - MARK) / 2;
  const free = (at: number): boolean => at >= first && at < first + MARK;
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < side; x++) {
      const begin = x;
      while (x < side && row[x] && !(free(x) && free(y))) x++;
      if (x > begin) path += `M${begin} ${y}h${x - begin}v1h-${x - begin}z`;
    }
  });
  return { path, side };
}

/** Move the river and its bead to where the time is; whole: between 0 and 1 of the code's life is over. */
export function turn(ring: SVGSVGElement, whole: number): void {
  const river = ring.querySelector<SVGPathElement>("[data-river]");
  const bead = ring.querySelector<SVGGElement>("[data-bead]");
  if (!river || !bead) return;
  const left = Math.max(0, 1 - whole);
  river.style.strokeDasharray = `${left} 1`;
  const point = river.getPointAtLength(river.getTotalLength() * left);
  bead.setAttribute("transform", `translate(${point.x.toFixed(1)} ${point.y.toFixed(1)})`);
}
