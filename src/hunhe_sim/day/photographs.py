"""Photographs of the world outside: small generated pictures that say where they were taken, as a phone's camera writes it."""

import io
import secrets

from PIL import ExifTags, Image, ImageDraw

SIZE = (320, 240)
METRES_PER_DEGREE = 111_195.0


def photograph(lon: float, lat: float, *, mended: bool, title: str = "模拟照片") -> bytes:
    """A street with a hole in it, or a cover on it. No two are the same, as with cameras."""
    image = Image.new("RGB", SIZE, "#cfd8da")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 120, 320, 240), fill="#9aa7ab")
    draw.polygon(((0, 240), (120, 120), (150, 120), (60, 240)), fill="#b4bfc2")
    cover = (120, 150, 220, 200)
    draw.ellipse(cover, fill="#6c7a80" if mended else "#10232b", outline="#4d5a60", width=4)
    if mended:
        for across in range(135, 215, 14):
            draw.line((across, 160, across, 190), fill="#4d5a60", width=3)
    else:
        draw.polygon(((250, 190), (262, 150), (274, 190)), fill="#e0650a")
    for _ in range(24):
        draw.point((secrets.randbelow(320), 120 + secrets.randbelow(120)), fill="#80898c")
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "hunhe_sim", title.encode("ascii", "replace").decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
            ExifTags.GPS.GPSLatitude: _parts(lat),
            ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
            ExifTags.GPS.GPSLongitude: _parts(lon),
        }
    )
    body = io.BytesIO()
    image.save(body, "JPEG", exif=exif, quality=80)
    return body.getvalue() + secrets.token_bytes(8)


def _parts(value: float) -> tuple[float, float, float]:
    degrees, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return degrees, minutes, round(rest * 60, 4)
