"""Servers to be measured side by side: nginx with files, and our public web."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.product import ROOT

_NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  types {{ application/rss+xml rss; text/html html; }}
  open_file_cache max=100;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    pid: int


@contextmanager
def nginx(folder: Path, files: dict[str, bytes]) -> Iterator[Server]:
    """Serve files by nginx; gives its address."""
    for name, body in files.items():
        (folder / "www" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "www" / name).write_bytes(body)
    port = _free_port()
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port))
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") or "nginx"
    os.chmod(folder, 0o755)
    argv = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "user root;"]
    process = subprocess.Popen(argv if os.geteuid() == 0 else argv[:-2], stderr=subprocess.DEVNULL)
    with _ended(process):
        yield Server(_answering(f"http://127.0.0.1:{port}", f"/{next(iter(files))}"), process.pid)


@contextmanager
def web(database_url: str, folder: Path, path: str) -> Iterator[Server]:
    """Run the public web as a process of its own; gives its address."""
    port = _free_port()
    env = {
        **os.environ,
        "TINWIRE_DATABASE_URL": database_url,
        "TINWIRE_DATA_DIR": str(folder),
        "TINWIRE_PUBLIC_PORT": str(port),
        "TINWIRE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TINWIRE_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen([sys.executable, "-m", "worker", "web"], env=env, cwd=ROOT)
    with _ended(process):
        yield Server(_answering(f"http://127.0.0.1:{port}", path), process.pid)


@contextmanager
def _ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _answering(base: str, path: str) -> str:
    until = time.monotonic() + 120  # on a busy machine a process takes long to start
    while True:
        try:
            with urllib.request.urlopen(base + path, timeout=5):
                return base
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
