"""Draw the demo's pictures: a 960×540 SVG scene from a name, the same bytes every time.

A name's first word is the motif (`river-salt-gate`), the section gives the palette, and the whole
name seeds what varies.
"""

from random import Random
from typing import Any

from lxml import etree

from worker.demo.motifs import HEIGHT, MOTIFS, SVG, WIDTH, Palette, add

PALETTES = {
    "nhan-quyen": Palette("#fbd7a8", "#f08a6b", "#fff3d6", "#c9647a", "#8c3f6b", "#4b2354"),
    "the-gioi": Palette("#bfe3f5", "#6fa8dc", "#fdf6e3", "#5b86b8", "#37598f", "#1f335c"),
    "kinh-te": Palette("#fbe7b2", "#e7b35a", "#fffbea", "#c98a3c", "#8a5a2b", "#4a2f1b"),
    "giao-duc": Palette("#d6f0ff", "#8cc9e8", "#ffe9a8", "#6fb08c", "#3f8068", "#234a45"),
    "suc-khoe": Palette("#e0f7f1", "#8fd6c6", "#ffffff", "#5bb0a4", "#2f7f7c", "#1b4b52"),
    "cong-nghe": Palette("#3b3f8f", "#7a5cc2", "#ffd9f2", "#4f3f9c", "#2f2a6e", "#171840"),
    "van-hoa": Palette("#f7c6c1", "#c94f5c", "#ffe7b8", "#9c3347", "#6b2137", "#3a1224"),
    "moi-truong": Palette("#e3f4d0", "#9ccf9a", "#fff7cf", "#6aa878", "#3d7a5c", "#1e4638"),
}


def draw(name: str, section: str) -> bytes:
    """Draw the picture of that name; raises `KeyError` for an unknown motif or section."""
    palette = PALETTES[section]
    rng = Random(name)
    names: dict[Any, str] = {None: SVG}  # Any, because lxml's stubs know no default namespace
    root = etree.Element(f"{{{SVG}}}svg", nsmap=names)
    root.set("viewBox", f"0 0 {WIDTH} {HEIGHT}")
    root.set("width", str(WIDTH))
    root.set("height", str(HEIGHT))
    _sky(root, palette, rng)
    MOTIFS[name.partition("-")[0]](root, palette, rng)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _sky(root: etree._Element, palette: Palette, rng: Random) -> None:
    defs = add(root, "defs")
    gradient = add(defs, "linearGradient", id="sky", x1=0, y1=0, x2=0, y2=1)
    add(gradient, "stop", offset=0, stop_color=palette.top)
    add(gradient, "stop", offset=1, stop_color=palette.bottom)
    add(root, "rect", width=WIDTH, height=HEIGHT, fill="url(#sky)")
    x, y = rng.randint(120, 840), rng.randint(80, 180)
    add(root, "circle", cx=x, cy=y, r=96, fill=palette.light, opacity=0.35)
    add(root, "circle", cx=x, cy=y, r=rng.randint(44, 62), fill=palette.light)
    for _ in range(rng.randint(2, 4)):
        _cloud(root, palette, rng)


def _cloud(root: etree._Element, palette: Palette, rng: Random) -> None:
    x, y, width = rng.randint(0, 820), rng.randint(50, 230), rng.randint(90, 190)
    add(root, "rect", x=x, y=y, width=width, height=22, rx=11, fill=palette.light, opacity=0.5)
    add(
        root,
        "rect",
        x=x + 30,
        y=y - 15,
        width=width - 70,
        height=22,
        rx=11,
        fill=palette.light,
        opacity=0.5,
    )
