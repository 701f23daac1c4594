"""What a photo says of itself, and a copy of it that says nothing: re-encoded, turned upright, without its data. Pure."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import IO, Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from hunhe.stone.errors import Invalid, msgid

LONGEST_SIDE = 1280
MOST_PIXELS = 50_000_000
KINDS = ("JPEG", "PNG", "WEBP")
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo read. lon, lat: where it says it was taken; taken_at: when, in the city's zone."""

    shown: bytes
    width: int
    height: int
    lon: float | None
    lat: float | None
    taken_at: datetime | None


def read(stream: IO[bytes], zone: tzinfo) -> Picture:
    """Read a photo and make its copy. Invalid when it is none, damaged or too large to show."""
    stream.seek(0)
    try:
        with Image.open(stream, formats=KINDS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _not_a_photo()
            exif = image.getexif()
            (lon, lat), taken = _place(exif), _taken(exif, zone)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _not_a_photo() from error
    copy = io.BytesIO()
    upright.save(copy, "JPEG", quality=QUALITY, optimize=True)
    return Picture(copy.getvalue(), upright.width, upright.height, lon, lat, taken)


def _place(exif: Image.Exif) -> tuple[float, float] | tuple[None, None]:
    """Longitude and latitude, if both are written and lie on the earth."""
    gps: Mapping[int, Any] = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None, None
    return lon, lat


def _degrees(parts: Any, side: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if found != found:  # a rational with denominator zero
        return None
    return -found if str(side).strip().upper().startswith(negative) else found


def _taken(exif: Image.Exif, zone: tzinfo) -> datetime | None:
    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        local = datetime.strptime(str(text).strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  # the camera's own clock
    except ValueError:
        return None
    return local.replace(tzinfo=zone) if local.year > 1990 else None


def _not_a_photo() -> Invalid:
    return Invalid("governance.photo.damaged", msgid("This is no photo that can be shown. Send a JPEG, PNG or WebP."))
