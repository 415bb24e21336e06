"""The motifs of the drawn pictures: each draws far, middle and near layers onto a finished sky."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
WIDTH, HEIGHT = 960, 540


@dataclass(frozen=True, slots=True)
class Palette:
    """Six colours of a scene: the sky's two ends, its light, and three depths."""

    top: str
    bottom: str
    light: str
    far: str
    middle: str
    near: str


def add(parent: etree._Element, tag: str, **given: str | float) -> etree._Element:
    """Append an SVG element; an underscore in a name stands for its hyphen."""
    child = etree.SubElement(parent, f"{{{SVG}}}{tag}")
    for name, value in given.items():
        child.set(name.replace("_", "-"), str(value))
    return child


def river(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw hills, a wide river with light on it, and boats."""
    _hills(root, rng, 300, palette.far)
    _hills(root, rng, 345, palette.middle)
    add(root, "rect", y=370, width=WIDTH, height=170, fill=palette.bottom)
    for _ in range(9):
        x, y = rng.randint(0, 860), rng.randint(385, 530)
        width = rng.randint(40, 150)
        add(root, "rect", x=x, y=y, width=width, height=4, rx=2, fill=palette.light, opacity=0.6)
    for _ in range(rng.randint(2, 3)):
        x, y = rng.randint(60, 800), rng.randint(400, 480)
        add(root, "path", d=f"M{x} {y}q60 34 120 0l-14 24h-92z", fill=palette.near)
        add(root, "path", d=f"M{x + 34} {y + 6}q26 -40 52 0z", fill=palette.middle)


def city(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw two rows of towers with lit windows."""
    _towers(root, rng, palette.far, (190, 300), 78)
    _towers(root, rng, palette.middle, (120, 230), 104)
    for _ in range(26):
        x, y = rng.randint(10, 930), rng.randint(330, 470)
        add(root, "rect", x=x, y=y, width=9, height=13, fill=palette.light, opacity=0.8)
    add(root, "rect", y=484, width=WIDTH, height=56, fill=palette.near)
    for x in range(rng.randint(0, 60), WIDTH, 130):
        add(root, "rect", x=x, y=510, width=70, height=5, fill=palette.light, opacity=0.7)


def school(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw a long school with a gable, a flag and trees in its yard."""
    _hills(root, rng, 340, palette.far)
    x = rng.randint(190, 330)
    add(root, "rect", x=x, y=290, width=420, height=170, fill=palette.light)
    add(root, "path", d=f"M{x - 24} 290l234 -92 234 92z", fill=palette.middle)
    for column in range(6):
        if column != 3:
            left = x + 22 + column * 66
            add(root, "rect", x=left, y=326, width=40, height=52, fill=palette.bottom)
    add(root, "rect", x=x + 214, y=370, width=52, height=90, fill=palette.near)
    add(root, "rect", x=x + 470, y=210, width=6, height=250, fill=palette.near)
    add(root, "path", d=f"M{x + 476} 214l72 20 -72 22z", fill=palette.far)
    add(root, "rect", y=458, width=WIDTH, height=82, fill=palette.middle)
    for _ in range(4):
        _tree(root, palette, rng.choice((60, 110, 160, 850, 900)), 468, rng.randint(60, 100))


def hospital(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw a clinic with wings, windows and a cross."""
    _towers(root, rng, palette.far, (250, 330), 96)
    x = rng.randint(270, 390)
    add(root, "rect", x=x - 150, y=330, width=580, height=150, fill=palette.light)
    add(root, "rect", x=x, y=190, width=280, height=290, rx=10, fill=palette.middle)
    add(
        root,
        "path",
        d=f"M{x + 122} 222h36v30h30v36h-30v30h-36v-30h-30v-36h30z",
        fill=palette.light,
    )
    for left in (-124, -66, 304, 362):
        add(root, "rect", x=x + left, y=362, width=38, height=44, rx=4, fill=palette.bottom)
    for left in (30, 88, 146, 204):
        add(root, "rect", x=x + left, y=346, width=44, height=36, rx=4, fill=palette.top)
    add(root, "rect", x=x + 106, y=410, width=68, height=70, fill=palette.near)
    add(root, "rect", y=478, width=WIDTH, height=62, fill=palette.near)


def circuit(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw a chip in the middle with traces that run out and end in dots."""
    x, y = rng.randint(360, 440), rng.randint(180, 220)
    for step in range(7):
        side = 1 if rng.random() < 0.5 else -1
        at, bend, far = y + 14 + step * 26, rng.randint(30, 70), rng.randint(120, 260)
        for start, way in ((x, -1), (x + 200, 1)):
            end_x, end_y = start + way * (bend + far), at + side * bend
            path = f"M{start} {at}h{way * 40}L{start + way * (40 + bend)} {end_y}H{end_x}"
            add(root, "path", d=path, fill="none", stroke=palette.light, stroke_width=4)
            add(root, "circle", cx=end_x, cy=end_y, r=8, fill=palette.light)
    add(root, "rect", x=x, y=y, width=200, height=184, rx=14, fill=palette.near)
    add(
        root,
        "rect",
        x=x + 34,
        y=y + 32,
        width=132,
        height=120,
        rx=8,
        fill=palette.middle,
        stroke=palette.light,
        stroke_width=3,
    )
    add(root, "circle", cx=x + 52, cy=y + 50, r=6, fill=palette.light)


def stage(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw spotlights, curtains and players on a stage."""
    for _ in range(3):
        x, top = rng.randint(280, 680), rng.randint(260, 700)
        add(
            root,
            "path",
            d=f"M{top} 0L{x - 90} 440H{x + 90}z",
            fill=palette.light,
            opacity=0.28,
        )
    add(root, "rect", y=430, width=WIDTH, height=110, fill=palette.near)
    add(root, "path", d="M0 0H230Q190 260 60 450H0z", fill=palette.middle)
    add(root, "path", d="M960 0H730Q770 260 900 450H960z", fill=palette.middle)
    add(root, "path", d="M0 0H960V60Q840 120 720 60T480 60T240 60T0 60z", fill=palette.far)
    for index in range(rng.randint(3, 5)):
        x, tall = 280 + index * 95 + rng.randint(-12, 12), rng.randint(80, 120)
        add(root, "circle", cx=x, cy=430 - tall, r=19, fill=palette.near)
        add(root, "path", d=f"M{x} {446 - tall}l34 {tall - 4}h-68z", fill=palette.near)


def forest(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw three depths of trees."""
    _hills(root, rng, 320, palette.far)
    depths = (
        (400, palette.far, 9, 120),
        (460, palette.middle, 8, 160),
        (530, palette.near, 6, 210),
    )
    for ground, colour, count, tall in depths:
        add(root, "rect", y=ground - 4, width=WIDTH, height=HEIGHT - ground + 4, fill=colour)
        for index in range(count):
            x = int((index + 0.5) * WIDTH / count) + rng.randint(-34, 34)
            height = tall + rng.randint(-30, 30)
            wide = height // 3
            path = f"M{x} {ground - height}l{wide} {height}h{-2 * wide}z"
            add(root, "path", d=path, fill=colour)


def globe(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw a globe with meridians, and arcs between places on it."""
    x, y = rng.randint(400, 560), 300
    add(root, "circle", cx=x, cy=y, r=190, fill=palette.middle)
    lines = add(root, "g", fill="none", stroke=palette.far, stroke_width=3)
    for radius in (70, 135):
        add(lines, "ellipse", cx=x, cy=y, rx=radius, ry=190)
    for offset, half in ((-95, 164), (0, 190), (95, 164)):
        add(lines, "path", d=f"M{x - half} {y + offset}H{x + half}")
    for _ in range(5):
        left, right = x - rng.randint(60, 150), x + rng.randint(40, 150)
        from_y, to_y = y + rng.randint(-90, 100), y + rng.randint(-90, 100)
        peak = min(from_y, to_y) - rng.randint(60, 130)
        path = f"M{left} {from_y}Q{x} {peak} {right} {to_y}"
        add(root, "path", d=path, fill="none", stroke=palette.light, stroke_width=3)
        for end_x, end_y in ((left, from_y), (right, to_y)):
            add(root, "circle", cx=end_x, cy=end_y, r=7, fill=palette.light)


def field(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw rice fields in curved bands, with a hut and palms."""
    _hills(root, rng, 290, palette.far)
    for index, colour in enumerate((palette.middle, palette.far, palette.middle, palette.near)):
        y, bow = 340 + index * 52, rng.randint(-50, 50)
        add(root, "path", d=f"M0 {y}Q480 {y + bow} 960 {y}V540H0z", fill=colour)
        for _ in range(5):
            x = rng.randint(10, 940)
            path = f"M{x} {y + 34}q-4 -14 -12 -20m12 20q4 -14 12 -20"
            add(root, "path", d=path, stroke=palette.light, stroke_width=3, fill="none")
    x = rng.randint(140, 760)
    add(root, "rect", x=x, y=318, width=84, height=52, fill=palette.light)
    add(root, "path", d=f"M{x - 14} 320l56 -40 56 40z", fill=palette.near)
    for side in (-50, 120):
        _tree(root, palette, x + side, 372, rng.randint(80, 120))


def solar(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw rows of tilted solar panels before hills."""
    _hills(root, rng, 310, palette.far)
    add(root, "rect", y=360, width=WIDTH, height=180, fill=palette.middle)
    for row, y in enumerate((380, 450)):
        shift = rng.randint(0, 70)
        for column in range(-1, 5 - row):
            x = shift + column * (190 + row * 40)
            wide = 130 + row * 40
            path = f"M{x} {y + 46}l40 -56h{wide}l-40 56z"
            add(root, "path", d=path, fill=palette.near, stroke=palette.light, stroke_width=3)
            grid = f"M{x + 20} {y + 18}h{wide}M{x + wide // 2} {y + 46}l40 -56"
            add(root, "path", d=grid, stroke=palette.top, stroke_width=2, fill="none")
            add(root, "rect", x=x + wide // 2, y=y + 46, width=6, height=22, fill=palette.near)


def harbour(root: etree._Element, palette: Palette, rng: Random) -> None:
    """Draw cranes, a container ship and the water under it."""
    for _ in range(3):
        x = rng.randint(40, 780)
        path = f"M{x} 440V190H{x + 130}M{x} 240L{x + 60} 190M{x + 40} 440V190M{x + 118} 190v70"
        add(root, "path", d=path, stroke=palette.far, stroke_width=9, fill="none")
    x = rng.randint(120, 330)
    for column in range(7):
        for level in range(rng.randint(1, 4)):
            colour = rng.choice((palette.far, palette.light, palette.middle, palette.bottom))
            left, top = x + 50 + column * 56, 352 - level * 28
            add(root, "rect", x=left, y=top, width=53, height=26, fill=colour)
    add(root, "path", d=f"M{x} 372H{x + 540}l-50 80H{x + 46}z", fill=palette.near)
    add(root, "rect", y=436, width=WIDTH, height=104, fill=palette.middle)
    for _ in range(8):
        left, top = rng.randint(0, 860), rng.randint(450, 530)
        add(root, "rect", x=left, y=top, width=80, height=4, rx=2, fill=palette.light, opacity=0.5)


Motif = Callable[[etree._Element, Palette, Random], None]
MOTIFS: dict[str, Motif] = {
    motif.__name__: motif
    for motif in (
        river, city, school, hospital, circuit, stage, forest, globe, field, solar, harbour
    )
}  # fmt: skip


def _hills(root: etree._Element, rng: Random, y: int, colour: str) -> None:
    # Every crest and hollow has a level tangent, so no curve can overshoot into a kink.
    first = y - rng.randint(20, 70)
    path = f"M0 {y}C60 {y} 80 {first} 160 {first}"
    for x in (360, 560, 760, 960):
        level = y + rng.randint(-60, 30)
        path += f"S{x - 80} {level} {x} {level}"
    add(root, "path", d=path + "V540H0z", fill=colour)


def _towers(
    root: etree._Element, rng: Random, colour: str, heights: tuple[int, int], width: int
) -> None:
    path = "M0 540"
    x = 0
    while x < WIDTH:
        wide = width + rng.randint(-26, 26)
        path += f"V{490 - rng.randint(*heights)}h{wide}"
        x += wide
    add(root, "path", d=path + "V540z", fill=colour)


def _tree(root: etree._Element, palette: Palette, x: int, ground: int, height: int) -> None:
    add(root, "rect", x=x - 5, y=ground - height, width=10, height=height, fill=palette.near)
    add(root, "circle", cx=x, cy=ground - height, r=height // 2, fill=palette.near, opacity=0.9)
