#!/usr/bin/env bash
# The JavaScript client repeats a request that is answered 503 at once and for ever: a model that
# says it will be loaded in 20 seconds is asked hundreds of times a second by each waiting client.
#
# Versions:  @huggingface/inference 4.13.30, Node.js 20
# Guess:     a few repeats with growing pauses, or a pause of estimated_time
# Seen:      more than 100 requests in 2 s (548 seen), and the call still goes on
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
npm_with @huggingface/inference@4.13.30
cat > "$scratch/test.mjs" <<'JS'
import http from 'node:http'
import { InferenceClient } from '@huggingface/inference'

let requests = 0
const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    ++requests
    response.writeHead(503, { 'content-type': 'application/json' })
    response.end('{"error":"Model is currently loading","estimated_time":20.0}')
  })
})
await new Promise(ready => server.listen(0, '127.0.0.1', ready))
const endpointUrl = `http://127.0.0.1:${server.address().port}`
const call = new InferenceClient('hf_test').textToImage({ inputs: 'a cat', endpointUrl })
const end = await Promise.race([call.then(() => 'ended', () => 'ended'),
  new Promise(later => setTimeout(later, 2000, 'still going on'))])
console.log(`@huggingface/inference 4.13.30: ${requests} requests in 2 s, the call is ${end}`)
process.exit(end === 'still going on' && requests > 100 ? 0 : 1)
JS
node "$scratch/test.mjs"
