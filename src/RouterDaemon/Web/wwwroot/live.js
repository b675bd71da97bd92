// The stream of snapshots, opened again by itself for as long as the page is looked at.
import { loginState } from "./api.js";

const SILENCE = 15_000; // Three heartbeats.
const HIDDEN_FOR = 60_000; // A page in the background does not keep the router busy.
const MAX_PAUSE = 8_000;

/** Calls back: onSnapshot(snapshot), onLost() once per loss, onLogin(state) when the log-in has ended. */
export class Live {
  #source = null;
  #watchdog = 0;
  #again = 0;
  #hiding = 0;
  #pause = 1_000;
  #wanted = false;

  constructor(callbacks) {
    this.callbacks = callbacks;
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  start() {
    this.#wanted = true;
    this.#open();
  }

  stop() {
    this.#wanted = false;
    this.#close();
  }

  #open() {
    this.#close();
    const source = new EventSource("/api/events");
    this.#source = source;
    source.addEventListener("snapshot", (e) => {
      this.#heard();
      this.callbacks.onSnapshot(JSON.parse(e.data));
    });
    source.addEventListener("heartbeat", () => this.#heard());
    source.onerror = () => this.#broken();
    this.#watch();
  }

  #close() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#again);
    this.#source?.close();
    this.#source = null;
  }

  #heard() {
    this.#pause = 1_000;
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#broken(), SILENCE);
  }

  async #broken() {
    this.#close();
    try {
      const state = await loginState();
      if (!this.#wanted) { return; }
      if (!state.loggedIn) {
        this.stop();
        this.callbacks.onLogin(state);
        return;
      }
    } catch {
      this.callbacks.onLost();
    }
    if (this.#wanted) {
      this.#again = setTimeout(() => this.#open(), this.#pause);
      this.#pause = Math.min(this.#pause * 1.6, MAX_PAUSE);
    }
  }

  #seen() {
    clearTimeout(this.#hiding);
    if (!this.#wanted) { return; }
    if (document.hidden) {
      this.#hiding = setTimeout(() => this.#close(), HIDDEN_FOR);
    } else if (this.#source === null) {
      this.#pause = 1_000;
      this.#open();
    }
  }
}
