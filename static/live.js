// Shows a page anew when its book grows: the server says when, the page comes as any reader gets it.
"use strict";
(() => {
  const code = document.documentElement.dataset.estate;
  if (!code || !window.EventSource) return;
  let source;
  let behind = false;
  let busy = false;

  const isBusy = () => {
    const at = document.activeElement;
    return (at && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName)) || !getSelection().isCollapsed;
  };

  async function renew() {
    if (!behind || busy || isBusy()) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { cache: "no-cache" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const open = [...document.querySelectorAll("main details")].map((one) => one.open);
      for (const part of ["main", "footer.site"]) {
        const [old, anew] = [document.querySelector(part), fresh.querySelector(part)];
        if (old && anew) old.replaceWith(anew);
      }
      [...document.querySelectorAll("main details")].forEach((one, n) => { one.open = open[n] ?? one.open; });
      document.documentElement.dataset.entries = fresh.documentElement.dataset.entries;
      document.getElementById("live").textContent = document.documentElement.dataset.renewed;
      behind = false;
    } catch {
      // Away from the net: the next event tries again.
    } finally {
      busy = false;
    }
  }

  function listen() {
    if (source) return;
    source = new EventSource(`/e/${code}/events`);
    source.onmessage = (event) => {
      const entries = JSON.parse(event.data).seq + 1;
      behind = entries !== Number(document.documentElement.dataset.entries);
      renew();
    };
  }

  // A page nobody looks at holds no connection.
  function look() {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else {
      listen();
    }
  }
  document.addEventListener("visibilitychange", look);
  for (const sign of ["focusout", "click"]) document.addEventListener(sign, () => setTimeout(renew, 300));
  look();
})();
