// Views are functions that return descriptions of elements; patch() makes the document match and touches only what differs,
// so that focus, selection and typed text stay while the page is live.
const SVG = "http://www.w3.org/2000/svg";
const AS_PROPERTY = new Set(["value", "checked", "disabled", "hidden", "open", "inert", "selected"]);

/** Describes an element. Children may be nested lists; null, undefined and false are left out. */
export const h = (tag, props, ...children) => ({ tag, props: props ?? {}, children });

/** Makes the children of an element match the descriptions. */
export function patch(parent, ...children) {
  const wanted = children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false);
  const keyed = new Map();
  const free = [];
  for (const node of parent.childNodes) {
    if (node.ntmKey === undefined) { free.push(node); } else { keyed.set(node.ntmKey, node); }
  }
  let place = parent.firstChild;
  for (const item of wanted) {
    const node = reuse(item, keyed, free) ?? create(item, parent);
    update(node, item);
    if (node === place) {
      place = place.nextSibling;
    } else {
      parent.insertBefore(node, place);
    }
  }
  for (const node of [...keyed.values(), ...free]) { node.remove(); }
}

function reuse(item, keyed, free) {
  const key = item.props?.key;
  if (key !== undefined) {
    const node = keyed.get(key);
    keyed.delete(key);
    return node;
  }
  const name = item.tag ?? "#text";
  const at = free.findIndex((n) => n.nodeName.toLowerCase() === name.toLowerCase());
  return at < 0 ? undefined : free.splice(at, 1)[0];
}

function create(item, parent) {
  if (item.tag === undefined) { return document.createTextNode(""); }
  const inSvg = item.tag === "svg" || (parent.namespaceURI === SVG && parent.nodeName !== "foreignObject");
  const node = inSvg ? document.createElementNS(SVG, item.tag) : document.createElement(item.tag);
  node.ntmKey = item.props.key;
  return node;
}

function update(node, item) {
  if (item.tag === undefined) {
    const text = String(item);
    if (node.data !== text) { node.data = text; }
    return;
  }
  const before = node.ntmProps ?? {};
  for (const name of Object.keys(before)) {
    if (!(name in item.props)) { set(node, name, null); }
  }
  for (const [name, value] of Object.entries(item.props)) {
    if (name !== "key" && before[name] !== value) { set(node, name, value); }
  }
  node.ntmProps = item.props;
  patch(node, ...item.children);
}

function set(node, name, value) {
  if (name.startsWith("on")) {
    node[name] = value;
  } else if (AS_PROPERTY.has(name)) {
    node[name] = value ?? (name === "value" ? "" : false);
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : value);
  }
}
