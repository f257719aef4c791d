"use strict";
// Everything can be read without this. It adds the search, the filters, the keys and the copying.
(() => {
  const $ = (id) => document.getElementById(id);
  const rows = [...document.querySelectorAll(".row")];
  const groups = [...document.querySelectorAll(".group")];
  const verdicts = [...document.querySelectorAll("#vs button")];
  const selects = ["f", "l", "s"].map($);
  const texts = new Map(); // what is searched in, made when it is first needed

  const textOf = (row) => {
    let t = texts.get(row);
    if (t === undefined) texts.set(row, t = row.textContent.toLowerCase());
    return t;
  };
  const shown = () => rows.filter((r) => !r.hidden);
  const pressed = () => verdicts.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.v);
  const press = (wanted) => verdicts.forEach((b) => b.setAttribute("aria-pressed", String(wanted.includes(b.dataset.v))));
  const address = (hash) => { try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { /* a viewer that allows no history */ } };

  function apply(keepAddress) {
    const words = $("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [f, l, s] = selects.map((e) => e.value);
    const v = pressed();
    let n = 0;
    for (const r of rows) {
      const d = r.dataset;
      const fits = (!v.length || v.includes(d.v)) && (!f || d.f === f) && (!l || d.l === l) && (!s || d.s === s) && words.every((w) => textOf(r).includes(w));
      r.hidden = !fits;
      n += fits;
    }
    for (const g of groups) g.hidden = !g.querySelector(".row:not([hidden])");
    $("none").hidden = n > 0;
    $("n").textContent = `${n} of ${rows.length}`;
    if (keepAddress) return;
    const q = new URLSearchParams();
    if ($("q").value) q.set("q", $("q").value);
    selects.forEach((e) => { if (e.value) q.set(e.id, e.value); });
    v.forEach((x) => q.append("v", x));
    address(q.size ? "#?" + q : "");
  }

  function clear(keepAddress) {
    $("q").value = "";
    selects.forEach((e) => { e.value = ""; });
    press([]);
    apply(keepAddress);
  }

  // Where the address leads: to filters (#?v=FAIL&q=flavor) or to a result (#RSZ-STATE-001).
  function go() {
    const hash = location.hash.slice(1);
    if (hash.startsWith("?")) {
      const q = new URLSearchParams(hash.slice(1));
      $("q").value = q.get("q") ?? "";
      selects.forEach((e) => { e.value = q.get(e.id) ?? ""; });
      press(q.getAll("v"));
      apply(true);
      return;
    }
    let id = hash;
    try { id = decodeURIComponent(hash); } catch { /* not encoded */ }
    const at = id && $(id);
    if (!at) return;
    const row = at.closest(".row");
    if (row?.hidden) clear(true);
    for (let d = at.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    const to = at.closest("details") ?? at;
    to.scrollIntoView({ block: "start" });
    // What is above it takes its real height only when it comes into sight, and the browser's own jump takes the focus away: both again when it is drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      to.scrollIntoView({ block: "start" });
      to.querySelector("summary")?.focus({ preventScroll: true });
    }));
  }

  function filterFor(v, f) {
    clear(true);
    if (v) press([v]);
    if (f) $("f").value = f;
    apply();
    $("results").scrollIntoView();
  }

  const focused = () => document.activeElement?.closest(".row");
  function step(by, wanted) {
    const list = shown().filter(wanted);
    if (!list.length) return;
    const here = focused();
    let i;
    if (!here) i = by > 0 ? 0 : list.length - 1;
    else {
      const after = (r) => here.compareDocumentPosition(r) & Node.DOCUMENT_POSITION_FOLLOWING;
      const k = by > 0 ? list.findIndex(after) : list.findLastIndex((r) => r !== here && !after(r));
      if (k < 0) return;
      i = k;
    }
    const s = list[i].querySelector("summary");
    s.focus({ preventScroll: true });
    s.scrollIntoView({ block: "center" });
  }
  function toggleAll() {
    const list = shown();
    const open = list.some((r) => !r.open);
    list.forEach((r) => { r.open = open; });
    $("all").textContent = open ? "Close all" : "Open all";
  }

  // A button for each line that is there to be copied, when it comes into sight.
  function addCopies(within) {
    for (const pre of within.querySelectorAll("pre.copy")) {
      if (pre.parentElement.classList.contains("copied")) continue;
      const box = document.createElement("div");
      box.className = "copied";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(pre.textContent);
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(pre);
          button.textContent = "Selected";
        }
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      pre.replaceWith(box);
      box.append(pre, button);
    }
  }
  document.addEventListener("toggle", (e) => { if (e.target.open && e.target.matches("details")) addCopies(e.target); }, true);
  document.querySelectorAll(".row[open]").forEach(addCopies);

  let waiting;
  $("q").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  selects.forEach((e) => e.addEventListener("change", () => apply()));
  $("vs").addEventListener("click", (e) => {
    const b = e.target.closest("button");
    if (!b) return;
    b.setAttribute("aria-pressed", String(b.getAttribute("aria-pressed") !== "true"));
    apply();
  });
  $("tools").addEventListener("submit", (e) => { e.preventDefault(); apply(); });
  $("tools").addEventListener("reset", (e) => { e.preventDefault(); clear(); });
  $("clear-too").addEventListener("click", () => clear());
  $("all").addEventListener("click", toggleAll);
  $("help").addEventListener("click", () => $("keys").showModal());
  document.addEventListener("click", (e) => {
    const a = e.target.closest("a[data-v]");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    filterFor(a.dataset.v, a.dataset.f);
  });
  addEventListener("hashchange", go);
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || $("keys").open) return;
    const typing = e.target.matches("input, select, textarea");
    if (e.key === "Escape" && (typing || !focused())) {
      clear();
      e.target.blur();
      return;
    }
    if (typing || !$("keys-on").checked) return;
    const failed = (r) => r.dataset.v !== "PASS" && r.dataset.v !== "NOT_APPLICABLE";
    const keys = {
      "/": () => $("q").focus(), j: () => step(1, () => true), k: () => step(-1, () => true), n: () => step(1, failed), p: () => step(-1, failed),
      a: toggleAll, "?": () => $("keys").showModal(),
    };
    if (!keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = shown().filter((r) => !r.open && !r.matches(".pass, .na"));
    opened.forEach((r) => { r.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((r) => { r.open = false; }); });

  $("tools").hidden = false;
  apply(true);
  go();
})();
