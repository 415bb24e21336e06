// Tells the host page how high this frame's content is, and nothing else.
(function () {
  "use strict";
  function tell() {
    var height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    parent.postMessage({ type: "tinwire:height", height: height }, "*");
  }
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("load", tell);
  tell();
})();
