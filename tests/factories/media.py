"""Sounds, videos and documents as phones and offices make them, with what they tell about people."""

import struct
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import av
import pikepdf

WHO, PLACE = "Kiara Example", "+32.2988-090.1848/"
SOUNDS = {"mp3": ("libmp3lame", 44100), "mp4": ("aac", 44100), "webm": ("libopus", 48000)}


def make_media(form: str = "mp4", *, seconds: float = 1, video: str = "", **more: Any) -> bytes:
    """A tone, and with `video` (a codec) a grey picture, full of metadata. `form` is the container."""
    out = BytesIO()
    with av.open(out, "w", format=form, **more) as target:
        target.metadata.update({"title": WHO, "artist": WHO, "location": PLACE, "comment": PLACE})
        codec, rate = SOUNDS[form]
        sound = target.add_stream(codec, rate=rate)
        sound.metadata["title"] = WHO
        picture = target.add_stream(video, rate=10) if video else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        for number in range(int(seconds * 10)) if picture is not None else ():
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([120]) * plane.buffer_size)
            frame.pts = number
            target.mux(picture.encode(frame))
        if picture is not None:
            target.mux(picture.encode())
        step, total = sound.codec_context.frame_size or 1024, int(seconds * rate)
        for at in range(0, total, step):
            frame = av.AudioFrame(
                format=sound.codec_context.format.name, layout=sound.codec_context.layout.name, samples=step
            )
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts = rate, at
            target.mux(sound.encode(frame))
        target.mux(sound.encode())
    return out.getvalue()


def with_user_data(mp4: bytes) -> bytes:
    """An MP4 that says in `udta` where it was taken, as phones write it."""
    at = mp4.index(b"moov") - 4
    size = struct.unpack(">I", mp4[at : at + 4])[0]
    place = PLACE.encode()
    xyz = struct.pack(">I", 12 + len(place)) + b"\xa9xyz" + struct.pack(">HH", len(place), 0x15C7) + place
    udta = struct.pack(">I", 8 + len(xyz)) + b"udta" + xyz
    moov = struct.pack(">I", size + len(udta)) + mp4[at + 4 : at + size] + udta
    assert mp4[:at].find(b"mdat") > 0, "moov is last, so that no offset moves"
    return mp4[:at] + moov + mp4[at + size :]


def make_pdf(*, password: str = "", image: bytes = b"") -> bytes:
    """A page with scripts, a launch, a file inside, a form, a note by somebody, and one honest link."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    name, text = pikepdf.Name, pikepdf.String
    script = pikepdf.Dictionary(S=name.JavaScript, JS=text("app.alert(1)"))
    launch = pikepdf.Dictionary(S=name.Launch, F=text("calc.exe"))
    link = pikepdf.Dictionary(S=name.URI, URI=text("https://example.org/minutes"))

    def mark(kind: str, **more: Any) -> Any:
        return pdf.make_indirect(
            pikepdf.Dictionary(Type=name.Annot, Subtype=name(kind), Rect=[0, 0, 10, 10], **more)
        )

    page.obj.Annots = pikepdf.Array(
        [
            mark("/Link", A=launch),
            mark("/Link", A=link, AA=pikepdf.Dictionary(E=script)),
            mark("/Link", A=pikepdf.Dictionary(S=name.URI, URI=text("javascript:alert(1)"))),
            mark("/Widget", A=script),
            mark("/FileAttachment"),
            mark("/Text", T=text(WHO), Contents=text("Look here")),
        ]
    )
    if image:
        photo = pikepdf.Stream(
            pdf, image, Type=name.XObject, Subtype=name.Image, Width=60, Height=40, ColorSpace=name.DeviceRGB,
            BitsPerComponent=8, Filter=name.DCTDecode,
        )  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photo))
        page.obj.Contents = pdf.make_stream(b"q 60 0 0 40 0 0 cm /Im0 Do Q")
    pdf.Root.OpenAction = script
    pdf.Root.AA = pikepdf.Dictionary(WC=script)
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=text("<xfa/>"))
    pdf.attachments["evil.exe"] = b"MZ-inside"
    with pdf.open_metadata() as meta:
        meta["dc:creator"] = [WHO]
    pdf.docinfo["/Author"] = WHO
    out = BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else False
    pdf.save(out, encryption=lock)
    return out.getvalue()


TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relation(kind: str, target: str) -> str:
    return RELS.format(
        f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    )


def make_office(kind: str = "docx", *, texts: dict[str, Any] | None = None) -> bytes:
    """A Word or Excel file by `WHO`; `texts` are further parts, or others in their place."""
    change = f'<w:ins w:author="{WHO}" w:date="2026-05-01T10:00:00Z"/>'
    body = f"<w:document {W}><w:body><w:p>{change}</w:p></w:body></w:document>"
    if kind == "xlsx":
        path = f'<x15ac:absPath xmlns:x15ac="x" url="C:\\Users\\{WHO}\\"/>'
        body = f'<workbook><fileSharing userName="{WHO}"/>{path}</workbook>'
    core = f"<cp:coreProperties xmlns:cp='c' xmlns:dc='d'><dc:creator>{WHO}</dc:creator></cp:coreProperties>"
    parts: dict[str, Any] = {
        "[Content_Types].xml": TYPES,
        "docProps/core.xml": core,
        "docProps/thumbnail.jpeg": WHO,
        "word/document.xml" if kind == "docx" else "xl/workbook.xml": body,
        "xl/comments1.xml": f"<comments><authors><author>{WHO}</author></authors></comments>",
        "word/comments.xml": f'<w:comments {W}><w:comment w:author="{WHO}" w:initials="KE"/></w:comments>',
        "customXml/item1.xml": f"<p:properties xmlns:p='p'><a>{WHO}</a></p:properties>",
        "word/_rels/settings.xml.rels": relation("attachedTemplate", f"file:///C:/Users/{WHO}/x.dotm"),
        "word/_rels/document.xml.rels": relation("hyperlink", "https://example.org/"),
    }
    parts |= texts or {}
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()
