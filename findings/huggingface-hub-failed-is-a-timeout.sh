#!/usr/bin/env bash
# A prediction that Replicate reports as failed at once, with its reason, is told to the caller of
# huggingface_hub as a time-out of 60 seconds; the reason is lost.
#
# Versions:  huggingface_hub 2.4.0, pillow 13.0.0
# Guess:     an error that quotes the provider's words
# Seen:      TimeoutError "timed out after 60 seconds" after less than 5 s, without the words
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with huggingface_hub==2.4.0 pillow==13.0.0
HF_HUB_DISABLE_TELEMETRY=1 "$python" - <<'PY'
import json, os, time
from http_stub import serve

model = {"id": "o/m", "inferenceProviderMapping": {
    "replicate": {"status": "live", "providerId": "a/b", "task": "text-to-image"}}}
failed = {"id": "1", "status": "failed", "error": "the prompt was refused", "output": None}

def answer(method, path, body):
    if path.startswith("/api/"):
        return 200, {"content-type": "application/json"}, json.dumps(model).encode()
    return 201, {"content-type": "application/json"}, json.dumps(failed).encode()

url = serve(answer)
os.environ["HF_ENDPOINT"] = url
import huggingface_hub, huggingface_hub.constants, huggingface_hub.errors
huggingface_hub.constants.INFERENCE_PROXY_TEMPLATE = url + "/{provider}"
client = huggingface_hub.InferenceClient(provider="replicate", api_key="hf_test")
begun = time.monotonic()
try:
    client.text_to_image("a cat", model="o/m")
except TimeoutError as error:
    seconds = time.monotonic() - begun
    version = huggingface_hub.__version__
    print(f"huggingface_hub {version}: TimeoutError after {seconds:.1f} s: {error}")
    assert seconds < 5 and "60 seconds" in str(error) and "refused" not in str(error)
else:
    raise SystemExit("no TimeoutError")
PY
