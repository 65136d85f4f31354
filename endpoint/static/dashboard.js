/* What is going on, as it goes on. Without this script the page says how it was when it was made. */
(() => {
  const box = document.querySelector("[data-live]");
  if (!box || !window.EventSource) return;
  const list = box.querySelector("[data-live-list]");
  const said = box.querySelector("[data-live-said]");
  const stale = box.querySelector("[data-live-stale]");
  const button = box.querySelector("[data-live-pause]");
  let source = null;

  const open = () => {
    source = new EventSource(box.dataset.live);
    source.addEventListener("now", (event) => {
      const found = JSON.parse(event.data);
      if (!list.contains(document.activeElement)) list.innerHTML = found.html;
      if (found.said) said.textContent = found.said;
      if (found.stale && stale) stale.hidden = false;
    });
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) window.setTimeout(again, 30000);
    });
  };
  const close = () => {
    if (source) source.close();
    source = null;
  };
  const again = () => {
    if (button.getAttribute("aria-pressed") === "true") return;
    close();
    open();
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    const pausing = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pausing));
    if (pausing) close();
    else open();
  });
  window.addEventListener("pagehide", close);
  open();
})();
