/** ROC curves as SVG: false-positive rate on a logarithmic axis, since it is the small ones that can be afforded. */
import type { ByRecord } from "./evaluation.ts";

const WIDTH = 760;
const HEIGHT = 480;
const PLOT = { left: 64, top: 40, right: 560, bottom: 420 };
const COLOURS = ["#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#f0e442"]; // Okabe and Ito
const DASHES = ["", "6 3", "2 2"];

/** @param title a line above the picture */
export function rocPicture(detectors: readonly ByRecord[], title: string): string {
  const drawn = detectors.filter(({ curve }) => curve.positives > 0 && curve.negatives > 0);
  const negatives = drawn[0]?.curve.negatives ?? 10;
  const decades = Math.min(7, Math.max(1, Math.ceil(Math.log10(negatives))));
  const x = (rate: number) =>
    PLOT.left + ((PLOT.right - PLOT.left) * (Math.log10(Math.max(rate, 10 ** -decades)) + decades)) / decades;
  const y = (rate: number) => PLOT.bottom - (PLOT.bottom - PLOT.top) * rate;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${PLOT.left}" y="24" font-size="14">${escaped(title)}</text>`,
  ];
  for (let d = 0; d <= decades; d++) {
    const at = x(10 ** (d - decades)).toFixed(1);
    lines.push(
      `<path d="M${at} ${PLOT.top}V${PLOT.bottom}" stroke="#dddddd"/>`,
      `<text x="${at}" y="${PLOT.bottom + 18}" text-anchor="middle">${d === decades ? "1" : `1e-${decades - d}`}</text>`,
    );
  }
  for (let tenth = 0; tenth <= 10; tenth += 2) {
    const at = y(tenth / 10).toFixed(1);
    lines.push(
      `<path d="M${PLOT.left} ${at}H${PLOT.right}" stroke="#dddddd"/>`,
      `<text x="${PLOT.left - 8}" y="${Number(at) + 4}" text-anchor="end">${(tenth / 10).toFixed(1)}</text>`,
    );
  }
  const middle = (PLOT.left + PLOT.right) / 2;
  lines.push(
    `<text x="${middle}" y="${PLOT.bottom + 40}" text-anchor="middle">false-positive rate</text>`,
    `<text transform="translate(18 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle">true-positive rate</text>`,
  );
  for (const [i, one] of drawn.entries()) {
    const colour = COLOURS[i % COLOURS.length];
    const dash = DASHES[Math.floor(i / COLOURS.length) % DASHES.length];
    const style = `fill="none" stroke="${colour}" stroke-width="${i === 0 ? 2.5 : 1.5}"${dash ? ` stroke-dasharray="${dash}"` : ""}`;
    const key = PLOT.top + 10 + 18 * i;
    lines.push(
      `<path d="${path(one, x, y)}" ${style}/>`,
      `<path d="M${PLOT.right + 14} ${key}h22" ${style}/>`,
      `<text x="${PLOT.right + 42}" y="${key + 4}">${escaped(one.detector)} ${one.auc.toFixed(4)}</text>`,
    );
  }
  return `${lines.join("\n")}\n</svg>\n`;
}

/** The curve as steps; points nearer than a pixel to the one before are left out, but for the last. */
function path({ curve }: ByRecord, x: (rate: number) => number, y: (rate: number) => number): string {
  const points: string[] = [];
  let [lastX, lastY] = [-Infinity, -Infinity];
  for (let i = 0; i < curve.threshold.length; i++) {
    const px = x(curve.falsePositives[i]! / curve.negatives);
    const py = y(curve.truePositives[i]! / curve.positives);
    if (Math.abs(px - lastX) + Math.abs(py - lastY) < 1 && i < curve.threshold.length - 1) continue;
    [lastX, lastY] = [px, py];
    points.push(points.length ? `H${px.toFixed(1)}V${py.toFixed(1)}` : `M${px.toFixed(1)} ${py.toFixed(1)}`);
  }
  return points.join("");
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
