// What the page knows. Everything shown is a function of this object; change() draws again.
export const state = {
  login: null, // answer of GET /api/login; null before the first one
  snapshot: null,
  snapshotAt: 0, // performance.now() of its arrival
  lost: false, // the service does not answer
  route: "overview",
  rates: new Map(), // peer → Rate
};

let draw = () => {};
let planned = false;

export function onChange(render) { draw = render; }

export function change(values) {
  Object.assign(state, values);
  if (!planned) {
    planned = true;
    queueMicrotask(() => {
      planned = false;
      draw();
    });
  }
}
