// Small helpers around htmx: keyboard, selection of text, toasts, drag and drop. Pages work without it, except in-place editing.
(function () {
  "use strict";
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

  // ---- toasts, with undo
  function toast(message) {
    const box = document.createElement("div");
    box.className = "toast" + (message.error ? " error" : "");
    box.append(Object.assign(document.createElement("span"), { textContent: message.text }));
    if (message.undo) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: document.body.dataset.undoLabel });
      button.addEventListener("click", () => { box.remove(); post(message.undo, {}, null); });
      box.append(button);
    }
    const stack = $("#toasts");
    if (!stack) return;
    stack.replaceChildren(box); // an older step cannot be taken back before this one
    const leave = () => { if (box.matches(":hover, :focus-within")) setTimeout(leave, 2000); else box.remove(); };
    setTimeout(leave, message.error ? 12000 : 8000);
  }
  // a page that is loaded anew after a decision still offers to take it back
  const KEPT = "jiannuo-toast";
  let lastToast = null;
  document.addEventListener("toast", ({ detail }) => { lastToast = { text: detail.text, undo: detail.undo, error: detail.error }; toast(detail); });
  function reloadKeepingToast() {
    if (lastToast) sessionStorage.setItem(KEPT, JSON.stringify(lastToast));
    window.location.reload();
  }
  function showKeptToast() {
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (kept) toast(JSON.parse(kept));
  }
  // whether the request that has just come back was refused: htmx's promise does not tell
  let refused = false;
  document.addEventListener("htmx:beforeRequest", () => { refused = false; });
  document.addEventListener("htmx:responseError", () => { refused = true; });
  document.addEventListener("htmx:sendError", () => toast({ text: document.body.dataset.failed, error: true }));
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.xhr.status === 409) event.detail.shouldSwap = false; });

  function post(url, values, target) {
    return htmx.ajax("POST", url, { values: values, target: target || document.body, swap: target ? "outerHTML" : "none", headers: { "X-CSRFToken": csrf() } });
  }

  // ---- small things
  // a field that sends its form: whoever types, or walks through the choices with the arrows, has not chosen before Enter or leaving it
  let typing = false, lastKey = "", changed = null;
  const FOCUSED = "jiannuo-focus";
  function sendForm(field) { changed = null; sessionStorage.setItem(FOCUSED, field.id); field.form.requestSubmit(); }
  document.addEventListener("keydown", (event) => { typing = true; lastKey = event.key; if (event.key === "Enter" && changed === event.target) { event.preventDefault(); sendForm(changed); } }, true);
  document.addEventListener("pointerdown", () => { typing = false; }, true);
  document.addEventListener("focusout", (event) => {
    if (changed && changed === event.target) sendForm(changed);
    const menu = event.target.closest("details.menu[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; // a menu does not stay over what is read next
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submit-on-change]")) { if (typing && lastKey !== "Enter") changed = field; else sendForm(field); }
    if (field.matches("[data-choose-all]")) { $$("[data-choose]").forEach((box) => { box.checked = field.checked; }); count(); }
    if (field.matches("[data-choose]")) count();
    if (field.id === "files") listFiles(field);
  });
  function count() {
    const bar = $("[data-selection]");
    if (!bar) return;
    const n = $$("[data-choose]:checked").length;
    bar.hidden = n === 0;
    $("[data-count]", bar).textContent = n;
    $$("[data-choose]").forEach((box) => box.closest("tr").classList.toggle("chosen", box.checked));
  }
  document.addEventListener("click", (event) => {
    const at = event.target;
    const toggle = at.closest(".menu-toggle");
    if (toggle) { const open = toggle.parentElement.classList.toggle("open"); toggle.setAttribute("aria-expanded", open); return; }
    if (at.closest("[data-print]")) { window.print(); return; }
    const opener = at.closest("[data-open-dialog]");
    if (opener) { document.getElementById(opener.dataset.openDialog).showModal(); return; }
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(at) || at.closest("a")) menu.open = false; });
    if (at.closest("[data-remove]")) { at.closest("form").remove(); return; }
    const decide = at.closest("[data-decide]");
    if (decide) { act(decide.closest(".record"), decide.dataset.decide); return; }
    const load = at.closest("[data-load]");
    if (load) { act(load.closest(".record"), load.dataset.load); return; }
    const linkDecide = at.closest("[data-link-decide]");
    if (linkDecide) { decideLink(linkDecide.closest(".record"), linkDecide.dataset.linkDecide); return; }
    const add = at.closest("[data-add]");
    if (add) { addSelected(add.dataset.add); return; }
    const mark = at.closest(".m");
    if (mark && window.getSelection().isCollapsed) { choose(cards().find((card) => card.dataset.record === mark.dataset.record), "card"); return; }
    const card = at.closest(".record");
    if (card && !at.closest("a,button,input,select,textarea,summary,label")) choose(card, "mark");
    const row = at.closest("[data-peek] tr[data-row]");
    if (row && !at.closest("a,button,input,label,select")) peek(row);
  });

  // ---- a row of the goals table opens in place
  function peek(row) {
    const next = row.nextElementSibling;
    if (next && next.classList.contains("peek")) { next.remove(); return; }
    const line = document.createElement("tr");
    line.className = "peek";
    const cell = line.insertCell();
    cell.colSpan = row.cells.length;
    cell.innerHTML = '<div class="peek-body"><div class="skeleton"></div></div>';
    row.after(line);
    const url = row.closest("[data-peek]").dataset.peek.replace("/0/", "/" + row.dataset.row + "/");
    htmx.ajax("GET", url, { target: cell, swap: "innerHTML" });
  }

  // J and K go from row to row, O opens the row in place
  function walkTable(key) {
    const rows = $$("[data-peek] tr[data-row]");
    const place = rows.findIndex((row) => row.contains(document.activeElement));
    const by = { j: 1, k: -1 }[key];
    if (key === "o" && place >= 0) { peek(rows[place]); return true; }
    const next = by && rows[Math.max(0, Math.min(rows.length - 1, place + by))];
    if (next) $("a.main, a[href]", next).focus();
    return Boolean(next);
  }

  // ---- the workbench: one chosen card, its marks lit
  const narrow = window.matchMedia("(max-width: 1100px)");
  let current = "";
  const cards = () => $$(".records .record[data-record]");
  const chosen = () => $(".records .record[aria-current=true][data-record]");
  function choose(card, scroll) {
    if (!card) return;
    cards().forEach((each) => { if (each !== card && each.tagName !== "FORM") each.setAttribute("aria-current", "false"); });
    card.setAttribute("aria-current", "true");
    current = card.dataset.record;
    light(current);
    if ($("[data-fetch]", card)) htmx.ajax("GET", card.dataset.url, { source: card, target: card, swap: "outerHTML" }).catch(() => {}); // given up for a decision
    if (scroll || !narrow.matches) card.scrollIntoView({ block: "nearest" });
    if (scroll === "mark") { const mark = $('.m[data-record="' + card.dataset.record + '"]'); if (mark) mark.scrollIntoView({ block: "center" }); }
  }
  function light(name) {
    $$(".m.lit").forEach((mark) => mark.classList.remove("lit"));
    $$('.m[data-record="' + name + '"]').forEach((mark) => mark.classList.add("lit"));
  }
  function step(by) {
    const all = cards();
    if (!all.length) return;
    const place = all.indexOf(chosen());
    const next = all[Math.max(0, Math.min(all.length - 1, place < 0 ? 0 : place + by))];
    choose(next, "mark");
    next.focus({ preventScroll: true });
  }
  function act(card, what) {
    if (!card) return;
    htmx.trigger(card, "htmx:abort"); // its details, should they still be on their way, would replace what is asked for now
    if (card.hasAttribute("data-link-card")) { if (what === "accept" || what === "reject") decideLink(card, what + "ed"); return; }
    if (what === "edit" || what === "link") {
      const url = card.dataset[what + "Url"];
      if (url) htmx.ajax("GET", url, { target: card, swap: "outerHTML" });
    } else if (card.dataset.decideUrl) {
      const values = { action: what, revision: card.dataset.revision };
      const next = what === "restore" ? null : card.nextElementSibling;
      post(card.dataset.decideUrl, values, card).then(() => { if (!refused && next && next.matches(".record") && next.isConnected) { choose(next, "mark"); next.focus({ preventScroll: true }); } });
    }
  }
  function decideLink(card, state) {
    const next = card.nextElementSibling || card.previousElementSibling;
    post(card.dataset.decideUrl, { state: state }, null).then(() => {
      if (refused) return;
      card.remove();
      if (next) { choose(next); next.focus({ preventScroll: true }); } else document.dispatchEvent(new CustomEvent("records-changed"));
    });
  }
  document.addEventListener("htmx:afterSwap", () => {
    $$(".record[data-review]").forEach((card) => {
      $$('.m[data-record="' + card.dataset.record + '"]').forEach((mark) => {
        mark.classList.toggle("rejected", card.dataset.review === "rejected");
        mark.classList.toggle("proposed", card.dataset.review === "unreviewed");
      });
    });
    // a card that was fetched while the person had moved on
    $$(".records .record[aria-current=true]").forEach((each) => { if (current && each.dataset.record !== current && each.tagName !== "FORM") each.setAttribute("aria-current", "false"); });
    const wrong = $("#add-box .bad input, #add-box .bad select, #add-box .bad textarea");
    if (wrong) { wrong.scrollIntoView({ block: "center" }); wrong.focus({ preventScroll: true }); return; }
    const card = chosen();
    if (card) light(card.dataset.record);
    const focus = $("[autofocus]", card || document);
    if (focus && card) focus.focus();
    else if (card && card.tagName !== "FORM" && document.activeElement === document.body && !narrow.matches) card.focus({ preventScroll: true });
    else if (card && card.tagName === "FORM" && !card.contains(document.activeElement)) { const first = $(".bad input, .bad select", card) || $("input[name$=-value]", card); if (first) first.focus(); }
  });
  let wanted = "";
  document.addEventListener("records-changed", (event) => {
    const card = chosen();
    wanted = (event.detail && event.detail.chosen) || (card ? card.dataset.record : "");
    const box = $("#add-box");
    if (box) box.innerHTML = "";
    if (!$("#reader, #queue")) reloadKeepingToast();
  });
  document.addEventListener("htmx:afterSettle", () => {
    const idle = $("#queue") && !chosen();
    if (!wanted && !idle) return;
    const card = cards().find((each) => each.dataset.record === wanted);
    wanted = "";
    choose(card || (idle && cards()[0]));
  });
  function start() {
    showKeptToast();
    const before = document.getElementById(sessionStorage.getItem(FOCUSED) || "");
    sessionStorage.removeItem(FOCUSED);
    if (before) before.focus({ preventScroll: true });
    const reader = $("#reader");
    if (reader && reader.dataset.addUrl) makePickable();
    if (!reader) { if ($("#queue")) choose(cards()[0]); return; }
    const name = reader.dataset.chosen || (location.hash.match(/^#(goal|result)-mark-(\d+)$/) || []).slice(1).join("-");
    const card = cards().find((each) => each.dataset.record === name) || $('.record[data-review="unreviewed"]', reader);
    if (card) choose(card, name ? "mark" : "");
  }

  // ---- keyboard; never while an input method composes or somebody types
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      const menu = $("details.menu[open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); return; }
      const cancel = $(".record [data-cancel]") || $("#add-box [data-remove]");
      if (cancel) { event.preventDefault(); cancel.click(); }
      return;
    }
    if (field || $("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "/") { event.preventDefault(); $("#top-search").focus(); return; }
    const undoing = key === "u" && $("#toasts button");
    if (undoing && !$(".records")) { event.preventDefault(); undoing.click(); return; }
    if (key === "Enter" && event.target.matches(".record[data-record]")) { event.preventDefault(); choose(event.target, "mark"); return; }
    if (key === "?") { const dialog = $("#keys"); if (dialog) { event.preventDefault(); dialog.showModal(); } return; }
    if ($("[data-peek]") && walkTable(key)) { event.preventDefault(); return; }
    if (!$(".records")) return;
    const reader = $("#reader");
    const doing = {
      j: () => step(1), k: () => step(-1), a: () => act(chosen(), "accept"), x: () => act(chosen(), "reject"),
      e: () => act(chosen(), "edit"), l: () => act(chosen(), "link"),
      n: () => { if (reader && reader.dataset.addUrl) beginToPick(); },
      u: () => { const url = (reader && reader.dataset.undoUrl) || "/records/undo/"; post(url, {}, null); },
    }[key];
    if (doing) { event.preventDefault(); doing(); }
  });

  // ---- add by selecting text; places are counted in code points, as the server counts
  function place(node, offset) {
    const holder = (node.nodeType === 3 ? node.parentElement : node).closest("[data-at]");
    if (!holder) return null;
    const before = node.nodeType === 3 ? node.data.slice(0, offset) : "";
    return Number(holder.dataset.at) + Array.from(before).length;
  }
  function selected() {
    const text = $("#reader .text");
    const selection = window.getSelection();
    if (!text || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
    const start = place(range.startContainer, range.startOffset);
    const end = place(range.endContainer, range.endOffset);
    return start === null || end === null || end <= start ? null : { start: start, end: end, box: range.getBoundingClientRect() };
  }
  document.addEventListener("selectionchange", () => {
    const bar = $("#addbar");
    const reader = $("#reader");
    if (!bar || !reader || !reader.dataset.addUrl) return;
    const found = selected();
    bar.hidden = !found;
    if (!found) return;
    bar.style.left = Math.max(8, found.box.left + window.scrollX) + "px";
    bar.style.top = found.box.bottom + window.scrollY + 6 + "px";
  });
  document.addEventListener("mousedown", (event) => { if (event.target.closest("#addbar")) event.preventDefault(); else picked = null; });
  function addSelected(kind) {
    const found = selected();
    const reader = $("#reader");
    if (!found) return;
    const query = new URLSearchParams({ document: reader.dataset.document, start: found.start, end: found.end });
    htmx.ajax("GET", reader.dataset.addUrl.replace("KIND", kind) + "?" + query, { target: "#add-box", swap: "innerHTML" }).then(() => {
      window.getSelection().removeAllRanges();
      $("#add-box").scrollIntoView({ block: "nearest" });
      const field = $("#add-box input[name=indicator]");
      if (field) field.focus();
    });
  }

  // ---- picking text by keyboard: N picks a sentence, arrows another one, with Shift they move its ends; G and R add what is picked
  const SENTENCE = /[^。！？；]*[。！？；]?[”』」）]*/g;
  let picked = null; // paragraph, and where in its text the choice begins and ends
  const letters = (paragraph) => $$("[data-at]:not(.nl)", paragraph).flatMap((holder) => Array.from(holder.textContent, (sign, at) => ({ sign: sign, holder: holder, at: at })));
  const sentences = (paragraph) => {
    const found = [];
    let start = 0;
    for (const [text] of letters(paragraph).map((letter) => letter.sign).join("").matchAll(SENTENCE)) { const end = start + Array.from(text).length; if (text.trim()) found.push([start, end]); start = end; }
    return found;
  };
  function showPicked() {
    const all = letters(picked.paragraph);
    const offset = (letter, past) => Array.from(letter.holder.textContent).slice(0, letter.at + past).join("").length;
    const first = all[picked.start], last = all[picked.end - 1];
    const range = document.createRange();
    range.setStart(first.holder.firstChild, offset(first, 0));
    range.setEnd(last.holder.firstChild, offset(last, 1));
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    first.holder.scrollIntoView({ block: "nearest" });
  }
  function pick(paragraph, place) {
    const found = paragraph && sentences(paragraph);
    if (!found || !found.length) return;
    const [start, end] = found[place < 0 ? found.length - 1 : Math.min(place, found.length - 1)];
    picked = { paragraph: paragraph, start: start, end: end };
    showPicked();
  }
  const makePickable = () => { const text = $("#reader .text"); if (text) { text.tabIndex = 0; text.setAttribute("aria-keyshortcuts", "N"); } };
  function beginToPick() {
    const text = $("#reader .text"), card = chosen();
    const mark = card && $('.m[data-record="' + card.dataset.record + '"]');
    makePickable(); // the reader may have been fetched anew
    text.focus({ preventScroll: true });
    pick((mark && mark.closest(".p")) || $(".p", text), 0);
  }
  function stepPicked(key, stretched) {
    const paragraphs = $$("#reader .text .p").filter((each) => sentences(each).length);
    const { paragraph, start, end } = picked, n = letters(paragraph).length;
    if (stretched) {
      if (key === "ArrowRight") picked.end = Math.min(n, end + 1);
      if (key === "ArrowLeft") picked.end = Math.max(start + 1, end - 1);
      if (key === "ArrowDown") picked.start = Math.min(end - 1, start + 1);
      if (key === "ArrowUp") picked.start = Math.max(0, start - 1);
      showPicked();
      return;
    }
    const at = paragraphs.indexOf(paragraph), all = sentences(paragraph);
    const near = all.findIndex(([, last]) => last > start);
    if (key === "ArrowDown") pick(paragraphs[at + 1], 0);
    else if (key === "ArrowUp") pick(paragraphs[at - 1], 0);
    else if (key === "ArrowRight") { if (near + 1 < all.length) pick(paragraph, near + 1); else pick(paragraphs[at + 1], 0); }
    else if (near > 0) pick(paragraph, near - 1); else pick(paragraphs[at - 1], -1);
  }
  document.addEventListener("keydown", (event) => {
    const text = event.target.closest("#reader .text");
    if (!text || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const adding = { g: "goal", r: "result" }[event.key.toLowerCase()];
    if (picked && event.key.startsWith("Arrow")) stepPicked(event.key, event.shiftKey);
    else if (adding && selected()) addSelected(adding);
    else if (picked && event.key === "Escape") { picked = null; window.getSelection().removeAllRanges(); const card = chosen(); if (card) card.focus({ preventScroll: true }); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  // ---- upload
  function listFiles(input) {
    const list = $("#file-list");
    list.replaceChildren(...Array.from(input.files).map((file) => Object.assign(document.createElement("li"), { textContent: file.name + "（" + Math.ceil(file.size / 1024) + " KB）" })));
    $("[data-upload-button]").disabled = !input.files.length;
  }
  ["dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (!zone) { if ($("[data-drop]") && name !== "dragleave") event.preventDefault(); return; }
    event.preventDefault();
    zone.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) { const input = $("#files"); input.files = event.dataTransfer.files; listFiles(input); }
  }));
  // conditions left empty do not stand in the address
  const emptied = [];
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    Array.from(event.target.elements).forEach((field) => { if (field.name && field.value === "" && !field.disabled) { field.disabled = true; emptied.push(field); } });
  });
  window.addEventListener("pageshow", () => { emptied.splice(0).forEach((field) => { field.disabled = false; }); });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "upload") return;
    const bar = $("[data-upload-progress]");
    bar.hidden = false;
    bar.removeAttribute("value");
    $("[data-upload-button]").disabled = true;
  });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
