// What a walk with the Tab key meets. Every stop is looked at when the next Tab is pressed: by then it is painted and scrolled to.
window.walk = (() => {
  const STOPS = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [role=button], [contenteditable=true]";
  const LOOK = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderBottomColor", "backgroundColor", "textDecorationLine"];
  const look = (el) => [el, ...(el.labels || [])].map((each) => LOOK.map((name) => getComputedStyle(each)[name]).join()).join(" | ");
  const told = (el) => el.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const seen = (el) => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0 && !el.closest("[aria-hidden=true]");
  const grouped = (el) => el.type === "radio" && el.name ? (el.form || document).querySelector(`input[type=radio][name="${el.name}"]`) : el;
  const from = (el) => el ? [el, ...from(el.parentElement)] : [];
  let stops = new Map(), met = new Set(), wrong = [];

  function begin(root) {
    document.activeElement.blur(); // what it looks like without the focus
    stops = new Map(); met = new Set(); wrong = [];
    for (const el of document.querySelectorAll(STOPS)) {
      if (!root.contains(el) || el.tabIndex < 0 || el.matches(":disabled") || !seen(el)) continue;
      if (el.tabIndex > 0) wrong.push("out of order: " + told(el));
      stops.set(el, look(el));
    }
    for (const el of root.querySelectorAll("*")) {
      const reached = el.closest("label, .m") || from(el).some((each) => each.matches(STOPS) && each.tabIndex >= 0);
      if (el.hasAttribute("onclick") && !el.matches("a[href], button, input")) wrong.push("onclick on no button: " + told(el));
      if (!reached && seen(el) && getComputedStyle(el).cursor === "pointer") wrong.push("only for the mouse: " + told(el));
    }
  }
  function onScreen(el) {
    return [el, ...(el.labels || [])].some((each) => Array.from(each.getClientRects()).some((box) => {
      for (const x of [0.1, 0.5, 0.9]) for (const y of [0.1, 0.5, 0.9]) {
        const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        if (hit && (each.contains(hit) || (hit.contains(each) && hit.closest("label")))) return true;
      }
      return false;
    }));
  }
  function note() {
    const el = document.activeElement;
    if (!stops.has(el) || met.has(el)) return;
    met.add(el);
    if (look(el) === stops.get(el)) wrong.push("focus not to be seen: " + told(el));
    if (!onScreen(el)) wrong.push("focus off the screen or covered: " + told(el));
  }
  window.addEventListener("keydown", (event) => { if (event.key === "Tab") note(); }, true);
  const missed = () => Array.from(stops.keys()).filter((el) => el.isConnected && seen(el) && !met.has(el) && !met.has(grouped(el)) && !(el.type === "radio" && Array.from(met).some((each) => each.type === "radio" && each.name === el.name)));
  // what sticks out of the window on the right and cannot be scrolled to in a box of its own
  const scrolls = (el) => from(el).some((each) => each !== document.documentElement && /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth);
  const cut = () => Array.from(document.querySelectorAll("main *, #container *"))
    .filter((el) => (el.matches(STOPS) || el.matches("td, th, p, label, h1, h2, h3, li")) && seen(el) && !el.closest(".visually-hidden, svg") && el.getBoundingClientRect().right > innerWidth + 1 && el.getBoundingClientRect().left < innerWidth * 3 && !scrolls(el))
    .slice(0, 3).map((el) => "cut off on the right: " + told(el));
  return {
    cut: cut,
    begin: (selector) => { begin(document.querySelector(selector)); return stops.size; },
    last: (selector) => Array.from(document.querySelectorAll(`:is(${selector}) :is(${STOPS})`)).filter((el) => el.tabIndex >= 0 && !el.matches(":disabled") && seen(el)).pop(),
    left: () => { note(); return missed().length; },
    end: () => { note(); return [...wrong, ...missed().map((el) => "never reached: " + told(el))]; },
  };
})();
