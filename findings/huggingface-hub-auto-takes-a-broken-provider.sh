#!/usr/bin/env bash
# provider="auto" sends the request to the first provider of the model's list, also where the list
# itself says that this one is broken and the next one works.
#
# Versions:  huggingface_hub 2.4.0, pillow 13.0.0
# Guess:     "auto" picks the first provider whose status is live
# Seen:      the POST goes to the provider with status "error"; the live one is not asked
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with huggingface_hub==2.4.0 pillow==13.0.0
HF_HUB_DISABLE_TELEMETRY=1 "$python" - <<'PY' 2> /dev/null
import json, os
from http_stub import serve

model = {"id": "o/m", "inferenceProviderMapping": {
    "fal-ai": {"status": "error", "providerId": "fal-ai/x", "task": "text-to-image"},
    "nscale": {"status": "live", "providerId": "x", "task": "text-to-image"}}}
posts = []

def answer(method, path, body):
    if path.startswith("/api/"):
        return 200, {"content-type": "application/json"}, json.dumps(model).encode()
    posts.append(path)
    return 500, {"content-type": "application/json"}, b'{"error": "broken"}'

url = serve(answer)
os.environ["HF_ENDPOINT"] = url
import huggingface_hub, huggingface_hub.constants, huggingface_hub.errors
huggingface_hub.constants.INFERENCE_PROXY_TEMPLATE = url + "/{provider}"
client = huggingface_hub.InferenceClient(provider="auto", api_key="hf_test")
try:
    client.text_to_image("a cat", model="o/m")
except huggingface_hub.errors.HfHubHTTPError:
    pass
print(f"huggingface_hub {huggingface_hub.__version__}: asked {posts}")
assert posts == ["/fal-ai/fal-ai/x"]
PY
