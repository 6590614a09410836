// REQ-GROUND-008
/** Elements. Text is only ever set as text: what came from traffic stays text whatever it holds. */
type Props = Record<string, string | number | boolean | ((event: never) => void) | undefined>;
export type Child = Node | string | number | undefined | false;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value as EventListener);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  add(element, ...children);
  return element;
}

export function add(to: Element, ...children: Child[]): void {
  for (const child of children)
    if (child !== undefined && child !== false) to.append(child instanceof Node ? child : String(child));
}

export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  add(element, ...children);
}

export interface Column<T> {
  name: string;
  cell: (row: T) => Child;
  /** Numbers stand to the right. */
  number?: boolean;
}

/** A table; rows that can be chosen take the focus and Enter. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[], choose?: (row: T, at: Element) => void) {
  const side = (column: Column<T>) => (column.number ? "number" : undefined);
  const body = rows.map((row) => {
    const line: HTMLTableRowElement = h(
      "tr",
      choose && {
        tabindex: 0,
        onclick: () => choose(row, line),
        onkeydown: (event: KeyboardEvent) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            choose(row, line);
          }
        },
      },
      ...columns.map((column) => h("td", { class: side(column) }, column.cell(row))),
    );
    return line;
  });
  const head = h("tr", {}, ...columns.map((column) => h("th", { scope: "col", class: side(column) }, column.name)));
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
}

export const count = (n: number) => n.toLocaleString("en");
/** At most `digits` that say something. */
export const figure = (x: number, digits = 4) =>
  Number.isFinite(x) ? String(Number(x.toPrecision(digits))) : Number.isNaN(x) ? "-" : "off";
/** 09:00:30.000226, UTC */
export const clock = (seconds: number) => new Date(Math.floor(seconds * 1000)).toISOString().slice(11, 23);

/** A colour of the style sheet, for canvases. */
export const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Of a chart's axes (uPlot). */
export const axisColours = () => ({
  stroke: colour("text"),
  grid: { stroke: colour("grid"), width: 1 },
  ticks: { stroke: colour("grid") },
});
