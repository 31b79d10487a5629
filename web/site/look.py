"""Look at every page of the built site in headless Chromium, narrow and wide: `python
web/site/look.py [--pictures FOLDER]`. Nothing may overflow sideways, no formula may be left raw, no
picture may be missing or lack words for those who do not see it, nothing may come from elsewhere,
no error may be in the console, and every link within the site must lead somewhere."""
import argparse, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin
from pages import HTML      # puts tools/ on the path
import browser

WIDTHS = 390, 1440
PLAYGROUND = 'playground/index.html'
LOOK = """() => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    raw: [...document.querySelectorAll('.math')].filter(m => !m.querySelector('mjx-container')
          || m.querySelector('mjx-merror')).map(m => m.textContent.slice(0, 60)),
    lost: [...document.images].filter(i => !i.naturalWidth).map(i => i.src),
    mute: [...document.images].filter(i => !i.alt || i.alt.includes('_images/')).map(i => i.src),
    links: [...document.links].map(a => a.href),
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
})"""
DRAWN = """!window.MathJax?.startup?.promise || MathJax.startup.promise.then(() => true)"""
READY = 'document.body.dataset.ready'   # of the playground, whose tests are its own

def looked_at(page, address, name, pictures):
    "What is wrong with one page, and what it links to."
    wrong = []
    page.goto(address + name, wait_until='load')
    page.wait_for_function(READY if name == PLAYGROUND else DRAWN)
    for width in WIDTHS:
        page.set_viewport_size(dict(width=width, height=900))
        found = page.evaluate(LOOK)
        if found['wide'] > 0: wrong.append(f'{width}: {found["wide"]} pixels too wide')
        if pictures: page.screenshot(path=pictures/f'{name.replace("/", "_")}-{width}.png')
    for what in 'raw', 'lost', 'mute': wrong += [f'{what}: {v}' for v in found[what][:5]]
    return wrong, found

def search(page, address):
    "A complaint unless the site's own search finds lessons that speak of a word."
    page.goto(f'{address}search.html?q=sampler')
    try: page.wait_for_selector('#search-results li a[href*="10_samplers"]', timeout=20_000)
    except Exception: return ['search: lesson 10 is not found by “sampler”']
    return []

def dead_links(address, pages):
    "Links within the site that lead nowhere: (page, link)."
    ids = {name: {*found['ids'], '', 'top'} for name, found in pages.items()}
    for name, found in pages.items():
        for href in found['links']:
            target, anchor = urldefrag(urljoin(address + name, href))
            if not target.startswith(address): continue
            there = unquote(target.removeprefix(address)) or 'index.html'
            if there == PLAYGROUND: continue    # its anchors are states, which its tests draw
            if unquote(anchor) not in ids.get(there, ()): yield name, href

def look(address, names, pictures):
    "For each page: its name, what is wrong, and what was found. With a browser of its own."
    with browser.chromium() as chromium:
        page = chromium.new_page(reduced_motion='reduce')   # sidebars come and go at once
        said = []
        page.on('console', lambda m: said.append(m.text) if m.type == 'error' else None)
        page.on('pageerror', lambda e: said.append(str(e)))
        def request(route):
            url = route.request.url
            if url.startswith((address, 'data:', 'blob:')): return route.continue_()
            said.append(f'from elsewhere: {url}')
            route.abort()
        page.route('**/*', request)
        seen = []
        for name in names:
            wrong, found = looked_at(page, address, name, pictures)
            if name == 'search.html': wrong += search(page, address)
            seen.append((name, wrong + said, found))
            said.clear()
        return seen

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--pictures', type=Path, help='where screenshots go')
    parser.add_argument('--only', help='pages whose name holds this')
    given = parser.parse_args()
    names = [p.relative_to(HTML).as_posix() for p in sorted(HTML.rglob('*.html'))]
    names = [n for n in names if (given.only or '') in n and not n.startswith('_static/')]
    if PLAYGROUND not in names and not given.only: sys.exit('no site is there: run `make site`')
    if given.pictures: given.pictures.mkdir(parents=True, exist_ok=True)
    browser.find_browser()
    begin = time.time()
    with browser.serving(HTML, browser.Plain) as address, ThreadPoolExecutor(2) as two:
        parts = names[::2], names[1::2]
        halves = two.map(lambda part: look(address, part, given.pictures), parts)
        seen = [page for half in halves for page in half]
    wrong = {name: found_wrong for name, found_wrong, _ in seen if found_wrong}
    pages = {name: found for name, _, found in seen}
    for name, href in () if given.only else dead_links(address, pages):
        wrong.setdefault(name, []).append(f'dead: {href}')
    for name, found in wrong.items(): print(name, *sorted(set(found)), sep='\n  ')
    print(f'{len(names)} pages looked at, {" and ".join(map(str, WIDTHS))} pixels wide, in '
          f'{time.time() - begin:.0f} s')
    print(f'{len(names) - len(wrong)} passed, {len(wrong)} failed')
    sys.exit(bool(wrong))

if __name__ == '__main__': main()
