"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { rules, findings } = data;
  const severities = ["critical", "high", "medium", "low", "info"];
  const byId = (id) => document.getElementById(id);
  const rows = byId("rows"), tall = byId("tall"), detail = byId("detail"), search = byId("search");
  const order = byId("order"), filters = byId("filters"), reset = byId("reset"), work = byId("work");
  const HEIGHT = 52;

  // Only text is ever put into the page, so nothing that was scanned becomes markup.
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  // What stands between backticks is code.
  const say = (tag, name, text) => {
    const element = make(tag, name), parts = text.split("`");
    if (parts.length % 2 === 0) element.textContent = text;
    else for (const [i, part] of parts.entries()) element.append(i % 2 ? make("code", "", part) : part);
    return element;
  };
  const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

  for (const [at, finding] of findings.entries()) {
    finding.at = at;
    finding.id = rules[finding.rule].id;
    finding.place = finding.line ? `${finding.path}:${finding.line}` : finding.path;
    finding.text = `${finding.path}\n${finding.message}\n${finding.id}`.toLowerCase();
  }

  // The folder that a file is in, two levels deep at most: deeper ones would be too many to choose from.
  const folder = (f) => {
    const parts = f.path.split("/").slice(0, -1).slice(0, 2);
    return parts.length ? `${parts.join("/")}/` : "(top)";
  };

  // What can be chosen. A finding passes where nothing is chosen, or its own value is.
  const facets = [
    { key: "severity", title: "Severity", of: (f) => f.severity, sort: (a, b) => severities.indexOf(a) - severities.indexOf(b) },
    { key: "state", title: "State", of: (f) => f.state },
    { key: "category", title: "Category", of: (f) => f.category },
    { key: "confidence", title: "Confidence", of: (f) => f.confidence },
    { key: "rule", title: "Rule", of: (f) => f.id },
    { key: "folder", title: "Folder", of: folder },
    { key: "author", title: "Added by", of: (f) => f.author || "not known" },
  ];
  for (const facet of facets) {
    facet.chosen = new Set();
    facet.all = new Map();
    for (const f of findings) facet.all.set(facet.of(f), (facet.all.get(facet.of(f)) || 0) + 1);
  }

  // Rules by the worst that each found.
  const worst = new Map();
  for (const f of findings) worst.set(f.id, Math.min(worst.get(f.id) ?? severities.length, severities.indexOf(f.severity)));
  const orders = {
    severity: (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || a.at - b.at,
    path: (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.at - b.at),
    rule: (a, b) => worst.get(a.id) - worst.get(b.id) || (a.id < b.id ? -1 : a.id > b.id ? 1 : orders.severity(a, b)),
    state: (a, b) => (a.state < b.state ? -1 : a.state > b.state ? 1 : orders.severity(a, b)),
  };

  let shown = [], chosen = -1, drawn = new Map();

  // Filters.
  const draw_facets = () => {
    for (const facet of facets) {
      const box = make("fieldset");
      box.append(make("legend", "", facet.title));
      const values = [...facet.all].sort((a, b) => (facet.sort ? facet.sort(a[0], b[0]) : b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
      facet.labels = new Map();
      for (const [value] of values) {
        const label = make("label"), input = make("input"), name = make("span", "name", value), count = make("span", "number");
        input.type = "checkbox";
        label.title = value;
        if (facet.key === "severity") name.classList.add("dot", value);
        input.addEventListener("change", () => {
          if (input.checked) facet.chosen.add(value); else facet.chosen.delete(value);
          update();
        });
        label.append(input, name, count);
        box.append(label);
        facet.labels.set(value, { label, input, count });
      }
      if (values.length) filters.append(box);
    }
  };

  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = words.filter((word) => word[0] !== "-");
    const unwanted = words.filter((word) => word[0] === "-" && word.length > 1).map((word) => word.slice(1));
    const counts = facets.map(() => new Map());
    const before = shown[chosen];
    shown = [];
    for (const f of findings) {
      if (!wanted.every((word) => f.text.includes(word)) || unwanted.some((word) => f.text.includes(word))) continue;
      // What one facet alone leaves out still counts for that facet: so many more would be shown.
      let fails = 0, last = -1;
      for (let i = 0; i < facets.length; i++) {
        if (facets[i].chosen.size && !facets[i].chosen.has(facets[i].of(f))) { fails++; last = i; }
      }
      if (fails === 0) shown.push(f);
      for (let i = 0; i < facets.length; i++) {
        if (fails === 0 || (fails === 1 && last === i)) {
          const value = facets[i].of(f);
          counts[i].set(value, (counts[i].get(value) || 0) + 1);
        }
      }
    }
    // One of many of a kind stands for those in its file, until something is searched for.
    const passed = shown.length;
    if (!words.length) {
      const leads = new Set(shown);
      shown = shown.filter((f) => f.under === undefined || !leads.has(findings[f.under]));
    }
    shown.sort(orders[order.value] || orders.severity);
    const entries = shown.length;
    if (order.value === "rule") shown = under_headings(shown);
    for (const [i, facet] of facets.entries()) {
      for (const [value, { label, input, count }] of facet.labels) {
        const n = counts[i].get(value) || 0;
        count.textContent = number(n);
        input.checked = facet.chosen.has(value);
        label.classList.toggle("none", n === 0);
      }
    }
    const all = findings.length;
    byId("number").textContent = (passed === all ? `${number(all)} findings` : `${number(passed)} of ${number(all)}`) + (entries < passed ? ` in ${number(entries)} entries` : "");
    reset.hidden = !search.value && facets.every((facet) => facet.chosen.size === 0);
    for (const row of drawn.values()) row.remove();
    drawn.clear();
    tall.style.height = `${shown.length * HEIGHT}px`;
    const at = before ? shown.indexOf(before) : -1;
    choose(at >= 0 ? at : shown.length ? 0 : -1, false);
    remember();
  };

  // By rule, each rule has a heading: an item of the list that is no finding.
  const under_headings = (sorted) => {
    const items = [];
    for (const [at, f] of sorted.entries()) {
      if (!at || f.id !== sorted[at - 1].id) {
        const count = sorted.filter((other) => other.id === f.id).length;
        items.push({ heading: rules[f.rule].title || f.id, rule: f.id, count });
      }
      items.push(f);
    }
    return items;
  };

  // The list: only the rows that can be seen are in the page.
  const draw = () => {
    const first = Math.max(0, Math.floor(rows.scrollTop / HEIGHT) - 8);
    const last = Math.min(shown.length, Math.ceil((rows.scrollTop + rows.clientHeight) / HEIGHT) + 8);
    for (const [at, row] of drawn) if (at < first || at >= last) { row.remove(); drawn.delete(at); }
    for (let at = first; at < last; at++) if (!drawn.has(at)) {
      const row = draw_row(at);
      drawn.set(at, row);
      tall.append(row);
    }
    let empty = byId("empty");
    if (!shown.length && !empty) {
      empty = make("p", "empty", findings.length ? "Nothing matches these filters." : "Nothing was found.");
      empty.id = "empty";
      rows.append(empty);
    } else if (shown.length && empty) empty.remove();
  };

  // How many letters of a path fit beside the severity and the state.
  let room = 40;
  const measure = () => {
    const ruler = make("span", "mono", "0".repeat(100));
    ruler.style.position = "absolute";
    rows.append(ruler);
    const narrow = innerWidth <= 720;
    room = Math.max(16, Math.floor((rows.clientWidth - (narrow ? 102 : 216)) / (ruler.offsetWidth / 100)));
    ruler.remove();
  };
  const redraw = () => {
    measure();
    for (const row of drawn.values()) row.remove();
    drawn.clear();
    draw();
  };

  const draw_row = (at) => {
    const f = shown[at], row = make("li", "row");
    if (f.heading) {
      row.className = "row heading";
      row.setAttribute("role", "presentation");
      row.style.transform = `translateY(${at * HEIGHT}px)`;
      row.append(say("span", "what", f.heading), make("span", "rule mono", f.rule), make("span", "state", number(f.count)));
      return row;
    }
    row.id = `row-${at}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-setsize", shown.length);
    row.setAttribute("aria-posinset", at + 1);
    row.setAttribute("aria-selected", at === chosen);
    row.style.transform = `translateY(${at * HEIGHT}px)`;
    // The name of a file says most, and then where it begins, so it is the middle that is cut.
    const tail = Math.floor(((room - 1) * 2) / 3);
    const where = make("span", "where mono", f.place.length > room ? `${f.place.slice(0, room - 1 - tail)}…${f.place.slice(-tail)}` : f.place);
    where.title = f.place;
    const one = make("span", "line-1"), two = make("span", "line-2");
    one.append(say("span", "what", f.message), make("span", "rule mono", f.id));
    two.append(where, make("span", "state", f.state));
    row.append(make("span", `tag ${f.severity}`, f.severity), one, two);
    row.addEventListener("click", () => { choose(at, true); rows.focus({ preventScroll: true }); });
    return row;
  };

  const choose = (at, opened) => {
    // A heading is stepped over, in the direction of the step.
    if (shown[at] && shown[at].heading) at = at > 0 && at < chosen ? at - 1 : at + 1;
    chosen = at;
    for (const [other, row] of drawn) row.setAttribute("aria-selected", other === at);
    if (at >= 0) {
      const top = at * HEIGHT;
      if (top < rows.scrollTop) rows.scrollTop = top;
      else if (top + HEIGHT > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + HEIGHT - rows.clientHeight;
    }
    draw();
    if (at >= 0) rows.setAttribute("aria-activedescendant", `row-${at}`);
    else rows.removeAttribute("aria-activedescendant");
    draw_detail(shown[at]);
    if (opened) detail.classList.add("open");
  };

  // Details.
  const draw_detail = (f) => {
    detail.replaceChildren();
    detail.scrollTop = 0;
    const close = make("button", "close", "Back to the list");
    close.type = "button";
    close.addEventListener("click", close_detail);
    detail.append(close);
    if (!f) { detail.append(make("p", "empty", "No finding is chosen.")); return; }
    const rule = rules[f.rule];
    const head = make("p", "meta");
    head.append(make("span", `tag ${f.severity}`, f.severity), document.createTextNode(` ${f.category}, ${f.state}`));
    const place = make("p", "place mono", f.column ? `${f.place}:${f.column}` : f.place);
    detail.append(head, say("h2", "", f.message), place);
    if (f.revision) detail.append(make("p", "meta mono", f.revision));
    if (f.excerpt) detail.append(draw_code(f.excerpt));
    const list = make("dl");
    for (const [label, text] of [["rule", rule.id], ...f.notes, ["fingerprint", f.fingerprint]]) {
      list.append(make("dt", "", label), say("dd", label === "fingerprint" || label === "rule" ? "mono" : "", text));
    }
    detail.append(list);
    for (const [title, text] of [["Why", rule.description], ["How to fix", f.remedy || rule.remedy]]) {
      if (text) detail.append(make("h3", "", title), say("p", "", text));
    }
    if (rule.references.length) {
      const links = make("ul");
      for (const address of rule.references) {
        const link = make("a", "", address), item = make("li");
        link.href = address;
        link.rel = "noreferrer noopener";
        item.append(link);
        links.append(item);
      }
      detail.append(make("h3", "", "References"), links);
    }
  };

  const draw_code = (excerpt) => {
    const code = make("div", "code"), pre = make("pre");
    code.tabIndex = 0;
    code.setAttribute("role", "region");
    code.setAttribute("aria-label", "Excerpt");
    let from = 0;
    for (const [i, line] of excerpt.text.split("\n").entries()) {
      const to = from + line.length;
      const start = Math.min(Math.max(excerpt.start, from), to) - from, end = Math.max(Math.min(excerpt.end, to), from) - from;
      const hit = end > start;
      const box = make("span", hit ? "line hit" : "line");
      box.dataset.n = excerpt.first + i;
      box.append(line.slice(0, start));
      if (hit) box.append(make("mark", "", line.slice(start, end)));
      box.append(line.slice(Math.max(start, end)), "\n");
      pre.append(box);
      from = to + 1;
    }
    code.append(pre);
    return code;
  };

  const close_detail = () => { detail.classList.remove("open"); rows.focus(); };

  // What is chosen is kept in the address, so that it can be handed on.
  const remember = () => {
    const state = new URLSearchParams();
    if (search.value) state.set("q", search.value);
    if (order.value !== "severity") state.set("order", order.value);
    for (const facet of facets) for (const value of facet.chosen) state.append(facet.key, value);
    const text = state.toString();
    try { history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search); } catch { /* a page in a frame has no history */ }
  };
  const recall = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("q") || "";
    const wanted = state.get("order");
    if (wanted && orders[wanted]) order.value = wanted;
    for (const facet of facets) for (const value of state.getAll(facet.key)) if (facet.all.has(value)) facet.chosen.add(value);
  };

  // Keys.
  const page = () => Math.max(1, Math.floor(rows.clientHeight / HEIGHT) - 1);
  const moves = {
    ArrowDown: () => 1, j: () => 1, ArrowUp: () => -1, k: () => -1,
    PageDown: page, PageUp: () => -page(), Home: () => -shown.length, End: () => shown.length,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    const types = target.matches("input[type=search], select");
    const is_open = detail.classList.contains("open") && getComputedStyle(detail).position === "fixed";
    if (event.key === "Escape") {
      if (is_open || detail.contains(target)) close_detail();
      else if (target === search) rows.focus();
      return;
    }
    if (target === search && event.key === "ArrowDown") { event.preventDefault(); rows.focus(); return; }
    if (types) return;
    if (event.key === "/") { event.preventDefault(); if (is_open) close_detail(); search.focus(); search.select(); return; }
    if (event.key === "Enter" && target === rows && chosen >= 0) { event.preventDefault(); detail.classList.add("open"); detail.focus(); return; }
    const letters = event.key === "j" || event.key === "k";
    if (moves[event.key] && shown.length && (target === rows || letters)) {
      event.preventDefault();
      choose(Math.min(shown.length - 1, Math.max(0, chosen + moves[event.key]())), false);
      if (!detail.contains(target)) rows.focus({ preventScroll: true });
    }
  });

  search.addEventListener("input", update);
  order.addEventListener("change", update);
  for (const form of [filters, byId("bar")]) form.addEventListener("submit", (event) => event.preventDefault());
  reset.addEventListener("click", () => {
    search.value = "";
    for (const facet of facets) facet.chosen.clear();
    update();
    rows.focus();
  });
  const show_filters = byId("show-filters");
  show_filters.addEventListener("click", () => {
    show_filters.setAttribute("aria-expanded", filters.classList.toggle("open"));
    draw();
  });
  let waiting = false;
  rows.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }, { passive: true });
  addEventListener("resize", redraw);

  // On paper, what the filters show is a table.
  addEventListener("beforeprint", () => {
    const table = make("table"), head = make("tr"), body = make("tbody");
    for (const title of ["Severity", "What", "Where", "State", "Rule"]) head.append(make("th", "", title));
    for (const f of shown) {
      if (f.heading) continue;
      const row = make("tr");
      for (const text of [f.severity, f.message, f.place, f.state, f.id]) row.append(text === f.message ? say("td", "", text) : make("td", "", text));
      body.append(row);
    }
    table.append(head, body);
    byId("print").replaceChildren(table);
  });
  addEventListener("afterprint", () => byId("print").replaceChildren());

  document.body.classList.add("app");
  work.hidden = false;
  const version = document.querySelector("meta[name=version]");
  if (version) byId("tool").textContent += ` ${version.content}`;
  measure();
  draw_facets();
  recall();
  update();
  rows.focus({ preventScroll: true });
})();
