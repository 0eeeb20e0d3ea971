#!/usr/bin/env bash
# A 429 with "Retry-After: 600": the Python package gives up at once, the npm package sleeps ten
# minutes inside the call. Up to 120 s both wait as told.
#
# Versions:  openai 3.57.0 (PyPI), openai 6.49.0 (npm), Node.js 20
# Guess:     both cap the pause at some maximum and try again
# Seen:      Python: one request, RateLimitError after less than 2 s; npm: a timer of 600,000 ms
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with openai==3.57.0
npm_with openai@6.49.0
"$python" - <<'PY'
import time, openai
from http_stub import serve

requests = []

def answer(method, path, body):
    requests.append(path)
    headers = {"retry-after": "600", "content-type": "application/json"}
    return 429, headers, b'{"error": {"message": "busy"}}'

client = openai.OpenAI(base_url=serve(answer) + "/v1", api_key="test")
begun = time.monotonic()
try:
    client.images.generate(prompt="a cat", model="m")
except openai.RateLimitError:
    seconds = time.monotonic() - begun
    print(f"openai {openai.__version__} (Python): {len(requests)} request, "
          f"RateLimitError after {seconds:.1f} s")
    assert len(requests) == 1 and seconds < 2
else:
    raise SystemExit("no RateLimitError")
PY
cat > "$scratch/test.mjs" <<'JS'
import http from 'node:http'
import OpenAI from 'openai'

const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(429, { 'retry-after': '600', 'content-type': 'application/json' })
    response.end('{"error":{"message":"busy"}}')
  })
})
await new Promise(ready => server.listen(0, '127.0.0.1', ready))
const setTimer = globalThis.setTimeout
const pause = await new Promise(seen => {
  globalThis.setTimeout = (then, ms, ...rest) => {
    if (ms === 600_000 && new Error().stack.includes('sleep')) seen(ms)
    return setTimer(then, ms, ...rest)
  }
  const baseURL = `http://127.0.0.1:${server.address().port}/v1`
  const client = new OpenAI({ baseURL, apiKey: 'test', timeout: 60_000 })
  client.images.generate({ prompt: 'a cat', model: 'm' })
    .then(() => seen('answered'), problem => seen(problem.message))
  setTimer(() => seen('no such timer'), 10_000)
})
console.log(`openai 6.49.0 (npm): sleeps ${pause} ms`)
process.exit(pause === 600_000 ? 0 : 1)
JS
node "$scratch/test.mjs"
