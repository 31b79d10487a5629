"""What the playground's tool and the site's share: a server of files for this machine, and where
its browser is.

The server sends the two headers without which browsers allow no threads that share memory."""
import contextlib, os, shutil, subprocess, sys, threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

BROWSERS = 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'

class Handler(SimpleHTTPRequestHandler):
    "Files, and leave to use threads."
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, '.mjs': 'text/javascript',
                      '.js': 'text/javascript', '.wasm': 'application/wasm'}
    quiet = False
    def end_headers(self):
        self.send_header('Cross-Origin-Opener-Policy', 'same-origin')
        self.send_header('Cross-Origin-Embedder-Policy', 'require-corp')
        self.send_header('Cache-Control', 'no-cache')
        super().end_headers()
    def log_message(self, *args):
        if not self.quiet: super().log_message(*args)

class Quiet(Handler):
    quiet = True

class Plain(Quiet):
    "As most servers are: without those two headers, so a page has one thread."
    def end_headers(self): SimpleHTTPRequestHandler.end_headers(self)

def serve(folder, port):
    "Serve a folder to this machine until Ctrl+C."
    try: server = ThreadingHTTPServer(('127.0.0.1', port), partial(Handler, directory=folder))
    except OSError as e: sys.exit(f'error: port {port} is not free ({e}): choose another --port')
    print(f'http://localhost:{port}/ (end it with Ctrl+C)', flush=True)
    with contextlib.suppress(KeyboardInterrupt): server.serve_forever()

@contextlib.contextmanager
def serving(folder, handler=Quiet):
    "The address of a folder, served for a while."
    server = ThreadingHTTPServer(('127.0.0.1', 0), partial(handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try: yield f'http://127.0.0.1:{server.server_port}/'
    finally: server.shutdown()

def find_browser():
    "Chromium of the system, installed where that is allowed; else ends with what to install."
    def found(): return next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found() and shutil.which('apt-get') and os.geteuid() == 0:
        print('installing chromium', flush=True)
        for what in ['update'], ['install', '-y', 'chromium']:
            subprocess.run(['apt-get', '-qq', *what], stdout=subprocess.DEVNULL)
    if found(): return found()
    sys.exit(f'No browser found ({", ".join(BROWSERS)}). On Debian or Ubuntu: apt-get install '
             f'chromium')

@contextlib.contextmanager
def chromium():
    "A headless browser; ends with a clear line where there is none."
    try: from playwright.sync_api import sync_playwright
    except ImportError: sys.exit("playwright is not installed: pip install -e '.[dev]'")
    path = find_browser()
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=['--no-sandbox'])
        try: yield browser
        finally: browser.close()
