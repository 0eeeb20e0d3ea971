"""Compares what the service makes of pictures with what Pillow makes of them.

See check-pictures.sh.

Each file of the folders is given to `meme-generator recompress-picture`. Complete pictures (Pillow
decodes
them) of a type that is recompressed must not be refused, and the JPEG must look as the picture
does: upright, on white, in sRGB, with a mean difference of at most 3 of 255 in each channel. Where
the JPEG that Pillow makes with the same tables of the same pixels loses more than that (noise,
saturated dots), ours may lose as much, and 1 more.
"""
import io
import pathlib
import subprocess
import sys

from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat, JpegImagePlugin

MOST = 3.0
TYPES = {"PNG", "JPEG", "MPO", "WEBP"}
SRGB = ImageCms.createProfile("sRGB")


def in_srgb(picture):
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        mode = "RGBA" if has_alpha else None
        if picture.mode == "P":
            picture = picture.convert(mode or "RGB")
        return ImageCms.profileToProfile(picture, source, SRGB, outputMode=mode or "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a damaged profile, or one of another kind of picture


def shown(picture):
    """As a viewer shows it: 16-bit samples halved, in sRGB, upright, on white."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    picture = ImageOps.exif_transpose(in_srgb(picture)).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def fit(program, file):
    with open(file, "rb") as stdin:
        run = subprocess.run([program, "recompress-picture", "100000000", "16777216", "60"],
                             stdin=stdin,
                             capture_output=True, check=False)
    return run.returncode, run.stderr.decode(errors="replace"), run.stdout


def difference(one, other):
    """Of the worst channel, on the average."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def like(encoded, picture):
    """`picture` after a JPEG with the tables and the sampling of `encoded`."""
    again = io.BytesIO()
    picture.save(again, "JPEG", qtables=encoded.quantization,
                 subsampling=JpegImagePlugin.get_sampling(encoded))
    return Image.open(again).convert("RGB")


def judge(program, file):
    """None where nothing is to be said, else a pair: whether it is a fault, and the words."""
    try:
        with Image.open(file) as picture:
            if picture.format not in TYPES or picture.info.get("gamma"):
                return None  # Pillow does not convert by gAMA, browsers and the service do
            if picture.mode.startswith("I") and "transparency" in picture.info:
                return None  # Pillow does not apply tRNS to 16-bit grey
            picture.load()
            wanted = shown(picture)
    except Exception:  # Pillow's verdict: no picture
        return None
    status, words, jpeg = fit(program, file)
    if status != 0:
        return True, f"refused ({status}): {words}"
    encoded = Image.open(io.BytesIO(jpeg))
    seen = shown(encoded)
    if seen.size != wanted.size:
        return True, f"has the size {seen.size}, not {wanted.size}"
    ours, loss = difference(seen, wanted), difference(like(encoded, wanted), wanted)
    return ours > max(MOST, loss + 1), f"differs by {ours:.2f}, the JPEG itself by {loss:.2f}"


def main(program, folders):
    count = faults = 0
    for folder in folders:
        for file in sorted(pathlib.Path(folder).rglob("*")):
            verdict = judge(program, file) if file.is_file() else None
            if verdict is None:
                continue
            count += 1
            if verdict[0]:
                faults += 1
                print(f"{file}: {verdict[1]}")
    print(f"{count} complete pictures, {faults} faults")
    return 0 if count > 0 and faults == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
