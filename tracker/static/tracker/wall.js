// Full screen and back by the button or the key F. The wall keeps its last good state: when the server is away a note says so, and goes when it is back.
(function () {
  "use strict";
  const show = (away) => { const note = document.getElementById("offline"); if (note) note.hidden = !away; };
  document.addEventListener("htmx:sendError", () => show(true));
  document.addEventListener("htmx:responseError", () => show(true));
  document.addEventListener("htmx:timeout", () => show(true));
  document.addEventListener("htmx:afterSwap", () => show(false));
  // the button is put in anew with the rest of the wall, and keeps the focus by its id
  const toggle = () => { if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen(); };
  const tell = () => { const button = document.getElementById("full"); if (button) button.setAttribute("aria-pressed", Boolean(document.fullscreenElement)); };
  document.addEventListener("click", (event) => { if (event.target.closest("#full")) toggle(); });
  document.addEventListener("keydown", (event) => { if (event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) toggle(); });
  document.addEventListener("fullscreenchange", tell);
  document.addEventListener("htmx:afterSwap", tell);
})();
