#!/usr/bin/env bash
# A picture that fal's safety checker has blackened reaches the caller of huggingface_hub as an
# ordinary picture: the flag beside it is not read.
#
# Versions:  huggingface_hub 2.4.0, pillow 13.0.0
# Guess:     text_to_image raises an error where has_nsfw_concepts is [true]
# Seen:      a PIL image, every pixel black, without a warning
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with huggingface_hub==2.4.0 pillow==13.0.0
HF_HUB_DISABLE_TELEMETRY=1 "$python" - <<'PY'
import io, json, os, warnings
from PIL import Image
from http_stub import serve

picture = io.BytesIO()
Image.new("RGB", (64, 64)).save(picture, "JPEG")
model = {"id": "o/m", "inferenceProviderMapping": {
    "fal-ai": {"status": "live", "providerId": "fal-ai/x", "task": "text-to-image"}}}

def answer(method, path, body):
    if path.startswith("/api/"):
        return 200, {"content-type": "application/json"}, json.dumps(model).encode()
    if method == "GET":
        return 200, {"content-type": "image/jpeg"}, picture.getvalue()
    result = {"images": [{"url": url + "/picture.jpg"}], "has_nsfw_concepts": [True]}
    return 200, {"content-type": "application/json"}, json.dumps(result).encode()

url = serve(answer)
os.environ["HF_ENDPOINT"] = url
import huggingface_hub, huggingface_hub.constants, huggingface_hub.errors
huggingface_hub.constants.INFERENCE_PROXY_TEMPLATE = url + "/{provider}"
warnings.simplefilter("error")
client = huggingface_hub.InferenceClient(provider="fal-ai", api_key="hf_test")
drawn = client.text_to_image("a cat", model="o/m")
extremes = drawn.getextrema()
print(f"huggingface_hub {huggingface_hub.__version__}: returned {drawn.size}, extremes {extremes}")
assert extremes == ((0, 0), (0, 0), (0, 0))
PY
