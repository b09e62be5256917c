"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { words, repositories, first, trend } = data;
  const f = data.findings;
  const total = f.repo ? f.repo.length : 0;
  const used = new Map(data.used);
  const lastRun = trend.length ? trend[trend.length - 1][0] : 0;
  const pageSize = 200;
  const severities = ["critical", "high", "medium", "low", "info"];
  const todo = new Set(["open", "history", "unseen"]);
  const word = (column, at) => words[f[column][at]];
  const label = (at) => repositories[f.repo[at]][0];
  const path = (at) => {
    const dir = word("dir", at), member = word("member", at);
    const name = (dir ? dir + "/" : "") + word("file", at) + (member ? "!" + member : "");
    return f.line[at] && name && !name.startsWith("message of ") ? name + ":" + f.line[at] : name;
  };
  const el = (name, attributes, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    for (const child of children) if (child !== null && child !== undefined) node.append(child);
    return node;
  };
  const number = (n) => n.toLocaleString("en");
  const input = (id) => document.getElementById(id);
  const link = (text, hash) => el("a", { href: "#" + hash }, text);
  const repoLink = (at) => link(repositories[at][0], "repository/" + at);

  const filters = ["q", "repository", "owner", "severity", "state", "valid", "head", "fresh"];
  const searchable = new Array(total);
  const matching = (only) => {
    const q = input("q").value.trim().toLowerCase();
    const repository = input("repository").value.trim().toLowerCase();
    const owner = input("owner").value.trim().toLowerCase();
    const severity = input("severity").value, state = input("state").value;
    const valid = input("valid").checked, head = input("head").checked, fresh = input("fresh").checked;
    const inRepository = repositories.map((it) => it[0].toLowerCase().includes(repository));
    const found = [];
    for (let at = 0; at < total; at++) {
      if (only !== undefined && f.repo[at] !== only) continue;
      if (repository && !inRepository[f.repo[at]]) continue;
      const own = word("state", at);
      if (state === "todo" ? !todo.has(own) : state && own !== state) continue;
      if (severity && word("sev", at) !== severity) continue;
      if (valid && !(f.flags[at] & 2)) continue;
      if (head && word("presence", at) !== "head") continue;
      if (fresh && f.first[at] !== lastRun) continue;
      if (owner && !word("owner", at).toLowerCase().includes(owner)) continue;
      if (q) {
        const text = searchable[at] ??= [label(at), path(at), word("rule", at), word("msg", at), f.fp[at]].join("\n").toLowerCase();
        if (!text.includes(q)) continue;
      }
      found.push(at);
    }
    return found;
  };

  const table = (heads, rows, make) => {
    const body = el("tbody");
    const head = el("tr", {}, ...heads.map(([text, kind]) => el("th", kind ? { class: kind, scope: "col" } : { scope: "col" }, text)));
    const box = el("div", { class: "scroll" }, el("table", {}, el("thead", {}, head), body));
    const part = el("div", {}, box);
    let shown = 0;
    const more = el("button", { type: "button", class: "more" });
    const show = () => {
      const end = Math.min(shown + pageSize, rows.length);
      for (; shown < end; shown++) body.append(make(rows[shown], shown));
      more.textContent = "Show more of " + number(rows.length);
      more.hidden = shown >= rows.length;
    };
    more.addEventListener("click", show);
    part.append(more);
    show();
    if (!rows.length) part.append(el("p", { class: "note" }, "Nothing matches."));
    return part;
  };
  const severity = (at) => el("td", {}, el("span", { class: "sev " + word("sev", at) }, word("sev", at)));
  const ownerCell = (at) => {
    const owner = word("owner", at);
    return el("td", {}, owner || "", owner ? el("br") : null, owner ? el("small", {}, word("by", at)) : null);
  };
  const findingRow = (at) => {
    const notes = [word("state", at), word("presence", at) === "head" ? "in HEAD" : word("presence", at)];
    if (f.flags[at] & 2) notes.push("checksum or structure valid");
    if (used.has(f.secret[at])) notes.push(used.get(f.secret[at]) ? "still in use" : "not in use");
    if (f.first[at] === lastRun && trend.length > 1) notes.push("new");
    if (word("note", at)) notes.push(word("note", at));
    if (word("date", at)) notes.push("since " + word("date", at));
    const what = el("td", { class: "what" }, word("msg", at), el("br"), el("small", {}, word("rule", at) + " · " + notes.join(" · ")));
    const place = el("td", { class: "place" }, path(at), el("br"), el("small", {}, f.fp[at]));
    const row = el("tr", {}, severity(at), what, el("td", {}, repoLink(f.repo[at])), place, ownerCell(at));
    if (f.secret[at]) row.lastChild.append(el("br"), link("where else", "secret/" + f.secret[at]));
    return row;
  };
  const findingsTable = (rows) =>
    table([["Severity"], ["What"], ["Repository"], ["Where"], ["Owner"]], rows, findingRow);

  const chart = () => {
    if (trend.length < 2) return null;
    const points = trend.slice(-60), most = Math.max(1, ...points.map((it) => it[2]));
    const x = (at) => 50 + at * (900 / (points.length - 1)), y = (n) => 110 - 90 * (n / most);
    const svg = (name, attributes, text) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const picture = svg("svg", { viewBox: "0 0 1000 130", role: "img", "aria-label": "Findings to do, from run to run", preserveAspectRatio: "none" });
    picture.append(svg("path", { d: points.map((it, at) => (at ? "L" : "M") + x(at) + " " + y(it[2])).join("") }));
    const known = points.map((it, at) => [it[6], at]).filter(([decide]) => decide !== null);
    if (known.length > 1) picture.append(svg("path", { class: "decide", d: known.map(([decide, at], n) => (n ? "L" : "M") + x(at) + " " + y(decide)).join("") }));
    picture.append(svg("text", { x: 2, y: y(most) + 4 }, number(most)));
    points.forEach((it, at) => {
      const dot = svg("circle", { cx: x(at), cy: y(it[2]), r: 3 });
      dot.append(svg("title", {}, "run " + it[0] + ", " + it[1] + ": " + it[2] + " to do, " + it[3] + " new, " + it[4] + " gone or accepted" + (it[6] === null ? "" : ", " + it[6] + " decide")));
      picture.append(dot);
    });
    return picture;
  };

  const sums = (rows, key) => {
    const all = new Map();
    for (const at of rows) {
      const name = key(at);
      let sum = all.get(name);
      if (!sum) all.set(name, (sum = { name, open: 0, decides: 0, critical: 0, repos: new Set(), best: at }));
      sum.open++;
      if (f.flags[at] & 1) sum.decides++;
      if (word("sev", at) === "critical") sum.critical++;
      sum.repos.add(f.repo[at]);
    }
    return [...all.values()].sort((a, b) => b.decides - a.decides || b.open - a.open);
  };
  const isFiltered = () => filters.some((id) => {
    const it = input(id);
    return it.type === "checkbox" ? it.checked : it.value !== (id === "state" ? "todo" : "");
  });

  const views = {
    first(out) {
      const last = trend[trend.length - 1];
      const counts = new Map(severities.map((it) => [it, 0]));
      let decides = 0;
      const rows = matching();
      for (const at of rows) {
        counts.set(word("sev", at), counts.get(word("sev", at)) + 1);
        if (f.flags[at] & 1) decides++;
      }
      const tile = (n, text) => el("li", {}, el("b", {}, number(n)), text);
      const tiles = el("ul", { class: "tiles" }, tile(repositories.length, "repositories"), tile(rows.length, "findings"), tile(decides, "decide"), tile(counts.get("critical"), "critical"));
      if (last) tiles.append(tile(last[3], "new in run " + last[0]), tile(last[4], "gone or accepted in it"));
      out.append(tiles);
      const picture = chart();
      if (picture) out.append(el("h2", {}, "Findings to do, run by run"), picture);
      out.append(el("h2", {}, "What to do first"));
      out.append(el("p", { class: "note" }, "One line is one piece of work: a secret wherever it is, or what one rule finds in one folder."));
      const wanted = new Set(rows);
      out.append(table([["", "n"], ["Severity"], ["What"], ["Where"], ["Owner"], ["Why"]], first.filter((it) => wanted.has(it[0])), ([at, places, repos, why], row) =>
        el("tr", {}, el("td", { class: "n" }, String(row + 1)), severity(at),
          el("td", { class: "what" }, word("msg", at), el("br"), el("small", {}, word("rule", at))),
          el("td", { class: "place" }, repoLink(f.repo[at]), " " + path(at), places > 1 ? el("br") : null,
            places > 1 ? (f.secret[at] ? link(places + " places in " + repos + (repos > 1 ? " repositories" : " repository"), "secret/" + f.secret[at]) : el("small", {}, places + " findings in this folder")) : null),
          ownerCell(at), el("td", {}, why))));
    },
    owners(out) {
      out.append(el("h2", {}, "By owner"));
      out.append(table([["Owner"], ["Decide", "n"], ["Critical", "n"], ["To do", "n"], ["Repositories", "n"]], sums(matching(), (at) => word("owner", at) || "(unknown)"), (it) => {
        const name = el("a", { href: "#findings" }, it.name);
        name.addEventListener("click", () => { input("owner").value = it.name === "(unknown)" ? "" : it.name; });
        return el("tr", {}, el("td", {}, name), el("td", { class: "n" }, number(it.decides)), el("td", { class: "n" }, number(it.critical)), el("td", { class: "n" }, number(it.open)), el("td", { class: "n" }, number(it.repos.size)));
      }));
    },
    secrets(out) {
      out.append(el("h2", {}, "By secret, over all repositories"));
      out.append(el("p", { class: "note" }, "Secrets are told apart by a keyed hash; no value is kept."));
      const rows = sums(matching().filter((at) => f.secret[at]), (at) => f.secret[at]).sort((a, b) => b.repos.size - a.repos.size || b.open - a.open);
      out.append(table([["Secret"], ["What"], ["Repositories", "n"], ["Places", "n"], ["In use"]], rows, (it) =>
        el("tr", {}, el("td", {}, link("secret " + it.name, "secret/" + it.name)), el("td", { class: "what" }, word("msg", it.best), el("br"), el("small", {}, word("rule", it.best))), el("td", { class: "n" }, number(it.repos.size)), el("td", { class: "n" }, number(it.open)), el("td", {}, used.has(it.name) ? (used.get(it.name) ? "yes" : "no") : "not compared"))));
    },
    secret(out, id) {
      const rows = [];
      for (let at = 0; at < total; at++) if (f.secret[at] === id) rows.push(at);
      out.append(el("h2", {}, "Secret " + id), findingsTable(rows));
    },
    repositories(out) {
      const open = new Map(sums(matching(), (at) => f.repo[at]).map((it) => [it.name, it]));
      const wanted = input("repository").value.trim().toLowerCase();
      const hides = isFiltered();
      const rows = repositories.map((it, at) => at).filter((at) => repositories[at][0].toLowerCase().includes(wanted) && (!hides || open.has(at) || wanted));
      const order = { "NO-GO": 0, "UNDECIDED": 1, "GO": 2 };
      const of = (at) => open.get(at) || { decides: 0, critical: 0, open: 0 };
      rows.sort((a, b) => order[repositories[a][2]] - order[repositories[b][2]] || of(b).decides - of(a).decides || of(b).open - of(a).open || a - b);
      out.append(el("h2", {}, "By repository"));
      out.append(table([["Repository"], ["Verdict"], ["Decide", "n"], ["Critical", "n"], ["To do", "n"], ["Read"]], rows, (at) =>
        el("tr", {}, el("td", {}, repoLink(at), el("br"), el("small", {}, repositories[at][1])), el("td", {}, el("b", { class: repositories[at][2] }, repositories[at][2])), el("td", { class: "n" }, number(of(at).decides)), el("td", { class: "n" }, number(of(at).critical)), el("td", { class: "n" }, number(of(at).open)), el("td", {}, repositories[at][6] || "never"))));
    },
    repository(out, at) {
      const it = repositories[at];
      if (!it) return;
      out.append(el("h2", {}, it[0] + " ", el("span", { class: it[2] }, it[2])));
      out.append(el("p", { class: "note" }, it[1] + " · " + number(it[4]) + " objects, " + number(it[5]) + " bytes read in " + it[7] + " s, " + (it[6] || "never")));
      if (it[3]) out.append(el("p", {}, it[3]));
      for (const gap of it[9]) out.append(el("p", { class: "note" }, "not scanned: " + gap));
      if (it[10]) out.append(el("p", { class: "note" }, "settings that count: " + it[10].split("\n").join(", ")));
      out.append(findingsTable(matching(at)));
    },
    coverage(out) {
      out.append(el("h2", {}, "Coverage"));
      const open = repositories.map((it, at) => at).filter((at) => repositories[at][3]);
      out.append(el("p", {}, number(repositories.length - open.length) + " of " + number(repositories.length) + " repositories are covered in full."));
      out.append(table([["Repository"], ["Why not"], ["Gaps", "n"], ["Read"]], open, (at) =>
        el("tr", {}, el("td", {}, repoLink(at)), el("td", {}, repositories[at][3]), el("td", { class: "n" }, number(repositories[at][8])), el("td", {}, repositories[at][6] || "never"))));
      out.append(el("h2", {}, "What is accepted"));
      const accepted = [];
      for (let at = 0; at < total; at++) if (["accepted", "false-positive"].includes(word("state", at))) accepted.push(at);
      out.append(findingsTable(accepted));
      out.append(el("h2", {}, "Runs"));
      out.append(table([["Run", "n"], ["Begun"], ["To do", "n"], ["New", "n"], ["Gone or accepted", "n"], ["By other rules", "n"], ["Decide", "n"]], [...trend].reverse(), (it) =>
        el("tr", {}, ...it.map((cell, at) => el("td", at === 1 ? {} : { class: "n" }, typeof cell === "number" ? number(cell) : cell ?? "")))));
    },
    findings(out) {
      const rows = matching();
      out.append(el("h2", {}, number(rows.length) + " findings"), findingsTable(rows));
    },
  };
  const tabs = [["first", "What first"], ["owners", "Owners"], ["secrets", "Secrets"], ["repositories", "Repositories"], ["coverage", "Coverage"], ["findings", "Findings"]];
  const draw = () => {
    const [name, id] = decodeURIComponent(location.hash.slice(1)).split("/");
    const view = Object.hasOwn(views, name) ? name : "first";
    const out = document.createDocumentFragment();
    views[view](out, Number(id));
    input("main").replaceChildren(out);
    input("tabs").replaceChildren(...tabs.map(([key, text]) => {
      const tab = link(text, key);
      if (key === view) tab.setAttribute("aria-current", "page");
      return tab;
    }));
  };
  const list = (id, names) => {
    const options = [...names].filter(Boolean).sort().slice(0, 2000).map((name) => el("option", { value: name }));
    input(id).replaceChildren(...options);
  };
  list("repositories", new Set(repositories.map((it) => it[0])));
  list("owners", new Set((f.owner || []).map((at) => words[at])));
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(draw, 60); };
  const form = input("filters");
  form.addEventListener("input", soon);
  form.addEventListener("reset", soon);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => { draw(); scrollTo(0, 0); });
  if (data.since !== null) input("state").value = "";
  draw();
})();
