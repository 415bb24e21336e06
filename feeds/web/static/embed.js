// Tinwire embeds. Either of these puts a feed's newest articles into a page:
//   <script async src="https://…/embed.js" data-feed="section/nhan-quyen" data-count="5"></script>
//   <tinwire-feed feed="all" count="3" theme="dark" lang="en"></tinwire-feed>
// The frame has no origin of its own: it can neither read nor change the page around it.
(function () {
  "use strict";
  var script = document.currentScript;
  var base = new URL(script.src, location.href).origin;

  function frame(options) {
    var iframe = document.createElement("iframe");
    var query = new URLSearchParams();
    ["count", "theme", "lang"].forEach(function (name) {
      if (options[name]) query.set(name, options[name]);
    });
    var path = options.feed.split("/").map(encodeURIComponent).join("/");
    iframe.src = base + "/embed/" + path + "?" + query;
    // Popups must be free of the sandbox, or the article opened from here would lie in it too.
    iframe.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox");
    iframe.title = options.label || "Tinwire";
    iframe.loading = "lazy";
    iframe.referrerPolicy = "no-referrer";
    iframe.style.cssText = "display:block;width:100%;height:360px;border:0";
    addEventListener("message", function (event) {
      // Its origin is "null", as any sandboxed frame's is: only the window itself tells it apart.
      if (event.source !== iframe.contentWindow || !event.source) return;
      var data = event.data;
      if (!data || data.type !== "tinwire:height" || !Number.isFinite(data.height)) return;
      iframe.style.height = Math.min(Math.max(data.height, 40), 8000) + "px";
    });
    return iframe;
  }

  if (script.dataset.feed) script.after(frame(script.dataset));

  if (window.customElements && !customElements.get("tinwire-feed")) {
    customElements.define("tinwire-feed", class extends HTMLElement {
      connectedCallback() {
        if (this.firstElementChild && this.firstElementChild.tagName === "IFRAME") return;
        var options = { feed: this.getAttribute("feed") || "all", label: this.title };
        ["count", "theme", "lang"].forEach(function (name) {
          options[name] = this.getAttribute(name);
        }, this);
        this.style.display = "block";
        this.replaceChildren(frame(options));
      }
    });
  }
})();
