// Requests to the router. Every change carries the token that only this page can read.
let token = "";

export class ApiError extends Error {
  constructor(status, code, message, retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Asks who we are: { passwordSet, loggedIn, minLength }. Throws TypeError when the service does not answer. */
export async function loginState() {
  const state = await send("GET", "/api/login");
  token = state.csrf;
  return state;
}

export async function send(method, path, body) {
  const headers = method === "GET" ? {} : { "X-NTM-CSRF": token };
  if (body !== undefined) { headers["Content-Type"] = "application/json"; }
  const answer = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
  });
  if (answer.status === 204) { return null; }
  const content = await answer.json().catch(() => ({ code: "fault", message: answer.statusText }));
  if (!answer.ok) {
    throw new ApiError(answer.status, content.code, content.message, Number(answer.headers.get("Retry-After") ?? 0));
  }
  return content;
}

export const setFirstPassword = (password) => send("POST", "/api/login/first", { password });
export const logIn = (password) => send("POST", "/api/login", { password });
export const logOut = () => send("DELETE", "/api/login");
export const changePassword = (old, fresh) => send("PUT", "/api/login/password", { old, new: fresh });

export const nameDevice = (label, device) => send("PUT", `/api/devices/${encodeURIComponent(label)}`, device);
export const forgetDevice = (label) => send("DELETE", `/api/devices/${encodeURIComponent(label)}`);
export const share = (device, ports, group) => send("POST", "/api/shares", { device, ports, group });
export const unshare = (id) => send("DELETE", `/api/shares/${encodeURIComponent(id)}`);
export const publish = (device, ports) => send("POST", "/api/published", { device, ports });
export const unpublish = (device) => send("DELETE", `/api/published/${encodeURIComponent(device)}`);
export const setInternetRule = (way, device, destination) => send("POST", "/api/internet", { way, device, destination });
export const forgetInternetRule = (id) => send("DELETE", `/api/internet/${encodeURIComponent(id)}`);
export const ping = (name, count) => send("POST", "/api/ping", { name, count });
export const initGroup = (name, priority) => send("POST", "/api/groups/init", { name, priority });
export const addMember = (authority, member, fingerprint) => send("POST", "/api/groups/add", { authority, member, fingerprint });
export const joinGroup = (id) => send("POST", "/api/groups/join", { id });
export const leaveGroup = (id) => send("DELETE", `/api/groups/${encodeURIComponent(id)}`);
export const enrol = (token) => send("POST", "/api/enrol", { token });
