// The wall keeps its last good state: when the server is away a note says so, and goes when it is back.
(function () {
  "use strict";
  const show = (away) => { const note = document.getElementById("offline"); if (note) note.hidden = !away; };
  document.addEventListener("htmx:sendError", () => show(true));
  document.addEventListener("htmx:responseError", () => show(true));
  document.addEventListener("htmx:timeout", () => show(true));
  document.addEventListener("htmx:afterSwap", () => show(false));
})();
