/*
 * Brings the widgets of a page to life without a kernel, and without require.js or any other site.
 *
 * myst-nb embeds the state of a page's widgets as JSON, and a script of type widget-view+json where each stands.
 * An anywidget's state holds its whole ES module (_esm) and its style (_css). This script imports the one, adds
 * the other, and renders with a small model in place of Jupyter's. A picture beside a view (any element with
 * the attribute data-widget-picture) is hidden once the widget is live, and stays if anything fails.
 *
 * A classic script, so that it also works on a page opened from a file.
 */
(() => {
  "use strict";
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

  /** The part of Jupyter's model that anywidgets use: values by name, and callbacks on their change. */
  class Model {
    constructor(values) {
      this.values = { ...values };
      this.callbacks = [];
    }

    get(name) {
      return this.values[name];
    }

    set(name, value) {
      const changes = typeof name === "string" ? { [name]: value } : name;
      const changed = Object.keys(changes).filter((key) => this.values[key] !== changes[key]);
      Object.assign(this.values, changes);
      for (const key of changed) this.trigger(`change:${key}`, this, changes[key]);
      if (changed.length > 0) this.trigger("change", this);
    }

    on(events, callback) {
      for (const event of events.split(/\s+/)) this.callbacks.push({ event, callback });
    }

    off(events, callback) {
      const names = events?.split(/\s+/);
      this.callbacks = this.callbacks.filter(
        (entry) => (names && !names.includes(entry.event)) || (callback && entry.callback !== callback),
      );
    }

    trigger(event, ...values) {
      for (const entry of [...this.callbacks]) if (entry.event === event) entry.callback(...values);
    }

    // There is no kernel to save to or to talk with.
    save_changes() {}

    send() {}
  }

  const modules = new Map();
  const styles = new Set();
  const models = new Map();

  /** Import an ES module from its text, once for each text. */
  function load(text) {
    if (!modules.has(text)) {
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      modules.set(text, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(text);
  }

  function style(text) {
    if (!text || styles.has(text)) return;
    styles.add(text);
    const element = document.createElement("style");
    element.textContent = text;
    document.head.append(element);
  }

  /** The module's hooks and the model of one widget, which all of its views share. */
  async function open(state) {
    const module = await load(state._esm);
    const hooks = module.default ?? { render: module.render };
    const widget = typeof hooks === "function" ? await hooks() : hooks;
    const model = new Model(state);
    await widget.initialize?.({ model });
    return { widget, model };
  }

  async function show(view, states) {
    const { model_id: id } = JSON.parse(view.textContent);
    const state = states.get(id);
    if (!state?._esm) return; // not an anywidget: leave the page as it is
    const el = document.createElement("div");
    el.className = "widget-live";
    try {
      if (!models.has(id)) models.set(id, open(state));
      const { widget, model } = await models.get(id);
      style(state._css);
      view.before(el);
      await widget.render({ model, el });
      for (const picture of view.parentElement.querySelectorAll("[data-widget-picture]")) picture.hidden = true;
    } catch (error) {
      el.remove();
      console.warn("The interactive figure could not start; its picture stays.", error);
    }
  }

  const states = new Map();
  const seen = new Set();
  const shown = [];

  /** What has come of the page since it was last looked at. */
  function look() {
    for (const script of document.querySelectorAll(STATE)) {
      if (seen.has(script) || !whole(script)) continue;
      seen.add(script);
      const embedded = JSON.parse(script.textContent).state ?? {};
      for (const [id, entry] of Object.entries(embedded)) states.set(id, entry.state);
      // It takes a few turns of a busy page; most are had before the views have come.
      for (const { _esm: text } of states.values()) if (text) load(text).catch(() => {});
    }
    for (const view of document.querySelectorAll(VIEW)) {
      if (seen.has(view) || !whole(view.parentElement)) continue;
      seen.add(view);
      shown.push(show(view, states));
    }
  }

  /** The page is read in pieces, which may end in the middle of an element. */
  function whole(element) {
    if (document.readyState !== "loading") return true;
    for (let node = element; node; node = node.parentElement) if (node.nextSibling) return true;
    return false;
  }

  /** Widgets draw when the page does; a page that nobody sees does not. */
  function drawn() {
    if (document.hidden) return undefined;
    return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }

  // As they come: the rest of a long page takes seconds on a phone.
  const watch = new MutationObserver(look);
  const read = new Promise((done) => {
    if (document.readyState !== "loading") done();
    else document.addEventListener("DOMContentLoaded", done);
  });
  watch.observe(document, { childList: true, subtree: true });
  look();
  // What else the page has to do, which is more, waits for this (formulas.js).
  window.symtheoryExplorers = read.then(() => {
    watch.disconnect();
    look();
    return Promise.all(shown).then(drawn);
  });
})();
