#!/usr/bin/env bash
# Hugging Face's endpoints may answer with a list in "error"; the JavaScript client then shows none
# of it, and OpenAI's shape, an object, is not shown either. A text is.
#
# Versions:  @huggingface/inference 4.13.30, Node.js 20
# Guess:     the list is joined, or at least printed as JSON
# Seen:      the message holds none of the words for a list or an object, and all of a text
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
npm_with @huggingface/inference@4.13.30
cat > "$scratch/test.mjs" <<'JS'
import http from 'node:http'
import { InferenceClient } from '@huggingface/inference'

const shapes = { text: 'too wide', list: ['too wide', 'too tall'], object: { message: 'too wide' } }
let error
const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error }))
  })
})
await new Promise(ready => server.listen(0, '127.0.0.1', ready))
const endpointUrl = `http://127.0.0.1:${server.address().port}`
const shown = {}
for (const [shape, value] of Object.entries(shapes)) {
  error = value
  const message = await new InferenceClient('hf_test').textToImage({ inputs: 'a cat', endpointUrl })
    .then(() => '', problem => problem.message)
  shown[shape] = message.includes('too wide')
}
console.log('@huggingface/inference 4.13.30 shows the words of', shown)
process.exit(shown.text && !shown.list && !shown.object ? 0 : 1)
JS
node "$scratch/test.mjs"
