"""The playground's Python side: `python tools/playground.py models` writes the networks into its
site, `serve` serves it to this machine, `test` tries it in headless Chromium."""
import argparse, json, re, sys, tempfile, time
from pathlib import Path
import browser, nb

SITE = nb.ROOT/'web'/'playground'/'site'
MOST_BYTES = 25e6   # of a first visit: page, runtime, the first network
TOLERANCE = 1e-3    # per pixel, over whole loops
SECONDS, CORES = 3, 2   # for 16 garments in 10 calls

def built():
    "End with a clear line unless the page is there."
    missing = [f for f in ('index.html', 'page.js', 'worker.js', 'ort', 'models/models.json')
               if not (SITE/f).exists()]
    if missing: sys.exit(f'{", ".join(missing)}: not there; run `make playground` first')

def models():
    "Write the networks into the site."
    from slowai_diffusion.web import export_models
    for f in export_models(SITE/'models'):
        print(f'{f["name"]:14} {f["bytes"]/1e6:.2f} MB, opset {f["opset"]}, off by at most '
              f'{f["agreement"]:.1e}')

def small_models(folder):
    "Untrained networks of forms that the shipped ones do not have: velocity, log SNR, colour."
    import torch
    from slowai_diffusion.files import write_json
    from slowai_diffusion.web import export_network, model_facts
    from slowai_diffusion.measures.m12_speedrun import ENTRIES
    torch.manual_seed(0)
    sizes = dict(widths=(16, 32), middle=(32, 16), up_widths=(16, 16), embed=16, depth=1)
    made = {}
    for name, more in dict(small={}, colour=dict(in_channels=3, sample_size=16)).items():
        model = ENTRIES['noisier levels'].build(**sizes, **more).eval()
        channels = model.shape[0]
        model._set_moments([-.56]*channels, [.5]*channels)
        with torch.no_grad():
            for p in model.network.parameters(): p += .02*torch.randn_like(p)
        (folder/name).mkdir(parents=True)
        file = folder/name/'model.onnx'
        opset = export_network(model, file)
        facts = dict(name=name, about='', parameters=1, **model_facts(model), file=file.name,
                     bytes=file.stat().st_size, opset=opset, curve=[], floor=None)
        write_json(folder/name/'model.json', facts)
        made[name] = model
    return made

# Calls of each sampler, eight steps and more. Two calls a step need more of them: in a few large
# steps from almost pure noise they enlarge the rounding of any two ways to add, tenfold and more.
CALLS = dict(ddpm=8, ddim=8, heun=20, midpoint=20, adams_bashforth=8, dpmpp_2m=8, dpmpp_3m=8,
             dpmpp_2m_sde=8, unipc=8)
# every sampler, dial, grid and start, as arguments of `draw_as_page`
SETTINGS = [dict(sampler=s) for s in CALLS]
SETTINGS += [dict(sampler=s, stochasticity=.5)
             for s in ('ddim', 'heun', 'midpoint', 'adams_bashforth', 'dpmpp_2m', 'dpmpp_3m')]
SETTINGS += [dict(sampler='unipc', grid=g, first=.8)
             for g in ('trailing', 'uniform', 'log_snr', 'karras')]
SETTINGS += [dict(sampler='ddim', first=.6, start='gaussian')]
FEW = [dict(sampler='ddpm'), dict(sampler='midpoint', stochasticity=.5), dict(sampler='unipc')]

def differences(page, models, settings, n=2, seed=5):
    "(model, address, largest difference per pixel of page and library) for each setting."
    import torch
    from slowai_diffusion.web import draw_as_page
    for name, model in models.items():
        for how in settings.get(name, FEW):
            calls = CALLS[how['sampler']]
            address = '&'.join(f'{k}={v}' for k, v in how.items()).replace('stochasticity', 'eta')
            got, = page.evaluate(DRAW, f'#model={name}&n={n}&seed={seed}&calls={calls}&{address}')
            states = draw_as_page(model, n, seed, calls=calls, **how)
            want = model.to_images(states[-1].x_bar)
            e = (torch.tensor(got['images']).view_as(want) - want).abs().max().item()
            yield name, address, e

DRAW = '''async (address) => (await playground.draw(address))
    .map(o => ({...o, images: Array.from(o.images)}))'''

def lesson_links():
    "{the state that a lesson's link to the page asks for: the lesson}"
    return {address: path.stem for path in nb.notebooks() for cell in nb.cells(path)
            if cell['cell_type'] == 'markdown'
            for address in re.findall(r'/playground/(#[^)\s]*)', nb.source(cell))}

class Tests:
    "What is tried, with one browser. Models without `settings` are tried with a few."
    def __init__(self, browser, url, threaded, models, settings):
        self.browser, self.url, self.threaded = browser, url, threaded
        self.models, self.settings = models, settings

    def open(self, address='', before=None, url=None):
        "A new page once it is ready, or has failed; `said` are the errors of its console."
        page = self.browser.new_page(viewport=dict(width=1440, height=1000))
        page.said = []
        page.on('console', lambda m: m.type == 'error' and page.said.append(m.text))
        page.on('pageerror', lambda e: page.said.append(str(e)))
        if before: before(page)
        page.goto((url or self.url) + address)
        page.wait_for_function('document.body.dataset.ready', timeout=60_000)
        return page

    def alert(self, page): return page.inner_text('#alert')

    def test_noise(self):
        "The generator gives the same numbers on both sides"
        import torch
        from slowai_diffusion.web import page_noise
        page = self.open()
        got = page.evaluate('Array.from(playground.noise(4294967295, [0, 63], 3, 1023))')
        want = torch.cat([page_noise(2**32 - 1, 1, (1023,), 3, i) for i in (0, 63)]).flatten()
        e = (torch.tensor(got) - want).abs().max().item()
        assert e <= 1e-6, e
        yield f'off by at most {e:.1e}'
        assert not page.said, page.said

    def test_same_images(self):
        "Page and library draw the same: all samplers, dials, grids and kinds of network"
        page = self.open()
        worst = {}
        for name, address, e in differences(page, self.models, self.settings):
            assert e <= TOLERANCE, f'{name}, {address}: off by {e}'
            worst[address] = max(worst.get(address, 0), e)
        yield ', '.join(f'{k} {v:.1e}' for k, v in worst.items())
        assert not page.said, page.said

    def test_speed(self):
        "Sixteen garments in ten calls, with threads"
        page = self.open(url=self.threaded)
        watch = self.browser.new_browser_cdp_session()
        def busy():
            found = watch.send('SystemInfo.getProcessInfo')['processInfo']
            return sum(p['cpuTime'] for p in found)
        address, tries = '#n=16&calls=10&sampler=unipc', []
        for _ in range(3):
            begin = busy()
            out, = page.evaluate(DRAW, address)
            tries.append((out['seconds'], busy() - begin))
        assert page.evaluate('crossOriginIsolated') and out['calls'] == 10
        seconds, cores = (min(v) for v in zip(*tries))
        assert cores < 2*CORES*SECONDS, cores
        yield (f'{seconds:.2f} s on {out["threads"]} threads, {cores:.2f} s of processor time '
               f'(promised: {SECONDS} s on {CORES} idle processors)')

    def test_by_hand(self):
        "Buttons, the keyboard, comparing, the ways between noises and from a picture"
        page = self.open('#n=2')
        page.set_viewport_size(dict(width=390, height=844))
        fits = page.evaluate('document.documentElement.scrollWidth <= innerWidth')
        assert fits, 'wider than a phone'
        page.focus('#draw')
        page.keyboard.press('Enter')
        page.wait_for_function('''document.querySelector(".caption")
            .textContent.includes("a second")''')
        page.check('#compare')
        page.wait_for_function('''[...document.querySelectorAll(".caption")]
            .every(c => c.textContent.includes("a second"))''')
        assert 'compare=1' in page.evaluate('location.hash')
        page.click('[data-mode=own]')
        page.focus('#sketch')
        for key in ('Space', 'ArrowDown', 'Space'): page.keyboard.press(key)
        page.wait_for_function('location.hash.includes("picture=")')
        page.wait_for_timeout(400)
        page.wait_for_function('document.querySelector("#stop").disabled', timeout=60_000)
        assert not self.alert(page), self.alert(page)
        linked = self.open(page.evaluate('location.hash'))
        assert linked.evaluate('location.hash') == page.evaluate('location.hash')
        assert not page.said + linked.said, page.said + linked.said
        yield 'linked and drawn again'

    def test_gallery(self):
        "What is offered to try, here and in the lessons, draws without a complaint"
        page = self.open()
        offered = [o.get_attribute('href') for o in page.query_selector_all('#tries a')]
        lessons = lesson_links()
        for address in [*offered, *lessons]:
            small = re.sub(r'calls=\d+', 'calls=3', address) + '&n=1'
            assert page.evaluate(DRAW, small) and not self.alert(page), address
        assert not page.said, page.said
        assert len({path for path in lessons.values()}) >= 6, lessons
        yield f'{len(offered)} here, {len(lessons)} in the lessons'

    def test_nonsense(self):
        "A message for each setting that makes no sense, and the page goes on"
        address = '#calls=0&b.calls=10000&sampler=magic&n=x&nothing=1&first=2&picture=AAAA&seed=-1'
        page = self.open(address)
        said = self.alert(page)
        for part in address[1:].split('&'):
            assert part.replace('nothing=1', '“nothing”') in said, (part, said)
        assert page.is_enabled('#draw') and not page.said, page.said
        page.evaluate('location.hash = "#model=small&compare=1&b.model=colour"')
        page.wait_for_function('document.querySelector("#alert").textContent.includes("3×16×16")')
        assert 'same noise cannot' in self.alert(page)
        page.evaluate('location.hash = "#calls=0"')
        page.wait_for_function('document.querySelector("#alert").textContent.includes("calls=0")')
        page.evaluate('location.hash = "#n=1&calls=3&first=0.05"')
        page.wait_for_function('''document.querySelector("#alert").hidden
            && document.querySelector(".caption").textContent.includes("a second")''')
        yield said.splitlines()[0]

    def test_broken(self):
        "Files that are missing, cut short or of another kind; a browser without SIMD"
        first = json.loads((SITE/'models'/'models.json').read_text())[0]['name']
        onnx, whole = f'**/{first}/model.onnx', (SITE/'models'/first/'model.onnx').read_bytes()
        opset = whole.replace(b'B\x04\n\x00\x10\x14', b'B\x04\n\x00\x10\x63')
        opset = opset if opset != whole else b'\0'*len(whole)
        def put(url, **what): return lambda page: page.route(url, lambda r: r.fulfill(**what))
        def without(page): page.add_init_script('WebAssembly.validate = () => false')
        cases = {
            'missing (404': put(onnx, status=404),
            'is cut short': put(onnx, body=whole[:100_000]),
            'cannot be read here': put(onnx, body=opset),
            'model.json is damaged': put(f'**/{first}/model.json', body='{"name":'),
            'runtime could not start': put('**/*.wasm', status=404),
            'models.json is missing': put('**/models.json', status=404),
            'no WebAssembly with SIMD': without}
        for words, before in cases.items():
            page = self.open(before=before)
            assert words in self.alert(page), (words, self.alert(page))
            page.close()
        yield f'{len(cases)} messages'

def visit_bytes():
    "What a first visit loads."
    first = json.loads((SITE/'models'/'models.json').read_text())[0]['name']
    files = [p for p in SITE.rglob('*') if p.is_file()]
    def later(p): return p.suffix == '.bin' or p.suffix == '.onnx' and p.parent.name != first
    return sum(p.stat().st_size for p in files if not later(p))

def test(only=()):
    "All tests, or those of these names; exits 1 if one fails."
    built()
    from slowai_diffusion.diffusion_files import load_diffusion
    size, failed = visit_bytes(), []
    print(f'a first visit loads {size/1e6:.1f} MB', flush=True)
    assert size <= MOST_BYTES, f'more than {MOST_BYTES/1e6:.0f} MB'
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        for p in SITE.iterdir():
            if p.name != 'models': (folder/p.name).symlink_to(p)
        (folder/'models').mkdir()
        for p in (SITE/'models').iterdir():
            if p.name != 'models.json': (folder/'models'/p.name).symlink_to(p)
        listed = json.loads((SITE/'models'/'models.json').read_text())
        models = {m['name']: load_diffusion(m['name']) for m in listed}
        settings = {k: SETTINGS for k in (listed[0]['name'], 'small')}
        small = small_models(folder/'models')
        listed += [dict(name=k, parameters=1, bytes=1) for k in small]
        (folder/'models'/'models.json').write_text(json.dumps(listed))
        models['small'] = small['small']
        with (browser.serving(folder, browser.Plain) as url, browser.serving(folder) as threaded,
              browser.chromium() as chromium):
            tests = Tests(chromium, url, threaded, models, settings)
            names = only or [k for k in dir(Tests) if k.startswith('test_')]
            for name in names:
                run, begin = getattr(tests, name), time.time()
                try: found, verdict = list(run()), 'passed'
                except Exception as e:
                    found, verdict = [f'{type(e).__name__}: {e}'], 'failed'
                    failed.append(name)
                print(f'{name:18} {verdict}  {time.time() - begin:5.1f} s  {run.__doc__}', *found,
                      sep='\n    ', flush=True)
    if failed: sys.exit(f'failed: {", ".join(failed)}')

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('what', choices=('models', 'serve', 'test'))
    p.add_argument('names', nargs='*', help='of tests (all)')
    p.add_argument('--port', type=int, default=8300, help='of the server (8300)')
    args = p.parse_args()
    if args.what == 'models': models()
    if args.what == 'serve':
        built()
        browser.serve(SITE, args.port)
    if args.what == 'test': test(args.names)

if __name__ == '__main__': main()
