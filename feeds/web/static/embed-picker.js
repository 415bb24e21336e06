// Keeps the lines and the preview in step with the choices; the server alone knows how they read.
(function () {
  "use strict";
  var form = document.getElementById("pick");
  var picked = document.getElementById("picked");
  var asked = 0;

  function dress() {
    var copy = picked.querySelector(".copy");
    copy.hidden = !navigator.clipboard;
    copy.addEventListener("click", function () {
      navigator.clipboard.writeText(picked.querySelector("#line").value).then(function () {
        copy.textContent = copy.dataset.copied;
      });
    });
  }

  function renew() {
    var mine = ++asked;
    var address = form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form));
    fetch(address).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.text();
    }).then(function (text) {
      if (mine !== asked) return;
      var made = new DOMParser().parseFromString(text, "text/html").getElementById("picked");
      if (!made) throw new Error("no picked lines");
      picked.replaceWith(made);
      picked = made;
      dress();
      history.replaceState(null, "", address);
    }).catch(function () { form.querySelector("button").hidden = false; });
  }

  addEventListener("message", function (event) {
    var frame = picked.querySelector("iframe");
    if (!event.source || event.source !== frame.contentWindow) return;
    var data = event.data;
    if (!data || data.type !== "tinwire:height" || !Number.isFinite(data.height)) return;
    frame.style.height = Math.min(Math.max(data.height, 40), 8000) + "px";
  });
  form.querySelector("button").hidden = true;
  form.addEventListener("change", renew);
  form.addEventListener("submit", function (event) { event.preventDefault(); renew(); });
  dress();
  renew();  // the first frame may have told its height before we listened
})();
