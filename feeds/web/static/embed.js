// Tinwire embeds. Either of these puts a feed's newest articles into a page:
//   <script async src="https://…/embed.js" data-feed="section/nhan-quyen" data-count="5"></script>
//   <tinwire-feed feed="all" count="3" theme="dark" lang="en"></tinwire-feed>
// The frame has no origin of its own: it can neither read nor change the page around it.
// What stands inside <tinwire-feed> stays until the frame has spoken, so no reader sees an error.
(function () {
  "use strict";
  var script = document.currentScript;
  var base = new URL(script.src, location.href).origin;
  var names = ["count", "key", "lang", "layout", "theme"];

  function address(options) {
    var query = new URLSearchParams();
    names.forEach(function (name) {
      if (options[name]) query.set(name, options[name]);
    });
    var path = options.feed.split("/").map(encodeURIComponent).join("/");
    return base + "/embed/" + path + (query.size === 0 ? "" : "?" + query);
  }

  function frame(options, spoke) {
    var iframe = document.createElement("iframe");
    // Popups must be free of the sandbox, or the article opened from here would lie in it too.
    iframe.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox");
    iframe.src = address(options);
    iframe.title = options.label || "Tinwire";
    iframe.loading = spoke ? "eager" : "lazy";
    iframe.referrerPolicy = "no-referrer";
    iframe.style.cssText = "display:block;width:100%;border:0;height:" + (spoke ? "0" : "360px");
    addEventListener("message", function (event) {
      // Its origin is "null", as any sandboxed frame's is: only the window itself tells it apart.
      if (event.source !== iframe.contentWindow || !event.source) return;
      var data = event.data;
      if (!data || data.type !== "tinwire:height" || !Number.isFinite(data.height)) return;
      iframe.style.height = Math.min(Math.max(data.height, 40), 8000) + "px";
      if (spoke) spoke();
      spoke = null;
    });
    return iframe;
  }

  if (script.dataset.feed) script.after(frame(script.dataset));

  if (window.customElements && !customElements.get("tinwire-feed")) {
    customElements.define("tinwire-feed", class extends HTMLElement {
      static get observedAttributes() { return ["feed"].concat(names); }
      options() {
        var options = { feed: this.getAttribute("feed") || "all", label: this.title };
        names.forEach(function (name) { options[name] = this.getAttribute(name); }, this);
        return options;
      }
      connectedCallback() {
        if (this.frame) return;
        var before = Array.from(this.childNodes);
        var filled = this.textContent.trim() || this.firstElementChild;
        this.frame = frame(this.options(), filled ? function () {
          before.forEach(function (node) { node.remove(); });
        } : null);
        this.style.display = "block";
        this.append(this.frame);
      }
      attributeChangedCallback() {
        if (this.frame) this.frame.src = address(this.options());
      }
    });
  }
})();
