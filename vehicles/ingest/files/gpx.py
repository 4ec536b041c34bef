"""GPX 1.0 and 1.1 track files, read as a stream with entities forbidden."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from functools import partial
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from vehicles.ingest import timestamps
from vehicles.ingest.attributes import encode_attributes
from vehicles.ingest.bad_record import BadRecord, about, judged
from vehicles.ingest.fix import Fix, MalformedRequest, Rejected
from vehicles.ingest.reasons import Reason
from vehicles.ingest.values import Values, coordinate, typed_text


def read(
    stream: BinaryIO, *, now_us: int, vehicle: str = "", zone: tzinfo = UTC
) -> Iterator[Fix | Rejected]:
    """Every track point, in order; routes and waypoints are plans, not where a vehicle was.

    The vehicle is `vehicle`, else the name of the track, else the name of the file's metadata.
    Speed (m/s) and course are taken from GPX 1.0 elements or from any extension with those
    names. Raises `MalformedRequest` for what is not well-formed XML or not GPX.
    """
    path: list[str] = []
    file_name = track_name = ""
    index = 0
    try:
        for event, element in iterparse(stream, events=("start", "end")):
            name = _local(element.tag)
            if event == "start":
                if not path and name != "gpx":
                    raise MalformedRequest("The file is XML but not GPX.")
                path.append(name)
                if name == "trk":
                    track_name = ""
                continue
            path.pop()
            parent = path[-1] if path else ""
            if name == "name" and parent == "trk":
                track_name = (element.text or "").strip()
            elif name == "name" and parent in ("metadata", "gpx"):
                file_name = (element.text or "").strip()
            elif name == "trkpt":
                yield judged(
                    partial(_fix_from_point, device=vehicle or track_name or file_name, zone=zone),
                    element,
                    now_us=now_us,
                    index=index,
                    raw=partial(_point_text, element),
                )
                index += 1
                element.clear()
            elif name in ("trkseg", "trk", "wpt", "rte"):
                element.clear()  # points were emptied but still hang here
    except DefusedXmlException as error:
        raise MalformedRequest(
            "The file declares XML entities or a DTD, which GPX does not need; remove them."
        ) from error
    # LookupError and ValueError are what the parser raises for encodings it does not know.
    except (ParseError, LookupError, ValueError) as error:
        raise MalformedRequest(f"The file cannot be read as XML: {error}.") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _texts(point: Element) -> dict[str, str]:
    """The texts below a point by local name, extensions included."""
    return {
        _local(child.tag): child.text.strip()
        for child in point.iter()
        if child is not point and child.text and not child.text.isspace()
    }


def _fix_from_point(point: Element, *, device: str, zone: tzinfo) -> Fix:
    if not device:
        raise BadRecord(
            Reason.MISSING_FIELD,
            "The track has no name; give it the vehicle's number, or name the vehicle.",
        )
    with about(device):
        values = Values(_texts(point))
        written = values.take("time")
        if written is None:
            raise BadRecord(Reason.MISSING_FIELD, "The track point has no time.")
        lat = coordinate(point.get("lat"), "lat", text=True)
        lon = coordinate(point.get("lon"), "lon", text=True)
        if lat is None or lon is None:
            raise BadRecord(Reason.MISSING_FIELD, "The track point has no lat or no lon.")
        fix = Fix(
            device=device,
            recorded_at_us=timestamps.from_text(written, name="The time", zone=zone),
            lon=lon,
            lat=lat,
            altitude_m=values.number("altitude_m", "ele"),
            speed_mps=values.number("speed_mps", "speed"),
            heading_deg=values.number("heading_deg", "course", "bearing", "heading"),
            accuracy_m=values.number("accuracy_m", "accuracy"),
        )
        values.rename("sat", "satellites")
        fix.attributes = encode_attributes(
            {name: typed_text(text) for name, text in values.extra.items()}
        )
        return fix


def _point_text(point: Element) -> str:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in _texts(point).items())
    place = "".join(f' {name}="{value}"' for name, value in point.attrib.items())
    return f"<trkpt{place}>{inner}</trkpt>"
