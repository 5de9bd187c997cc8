"""llama.cpp with nothing around it: tokenise, decode in a loop, one socket, one stream at a time.

Run as `python -m bench.raw_loop MODEL PORT THREADS`; the floor that the servers are held against.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from llama_cpp import Llama


def main(model: str, port: int, threads: int) -> None:
    llama = Llama(model, n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            text = body["messages"][-1]["content"]
            tokens = llama.tokenize(
                f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n".encode(), special=True
            )
            llama.reset()
            for count, token in enumerate(llama.generate(tokens, temp=0.0), 1):
                done = count == body["max_tokens"]
                piece = llama.detokenize([token]).decode(errors="replace") or " "
                choice = {"index": 0, "delta": {"content": piece}, "finish_reason": "length" if done else None}
                self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())
                if done:
                    break
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, format: str, *args: object) -> None:
            pass

    HTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
