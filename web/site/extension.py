"""A Sphinx extension: the appendix of a lesson is folded until somebody opens it, and links to the
published site lead to the pages beside the one they stand on, wherever the site is served."""
from docutils import nodes

def fold_appendix(doctree):
    "Put what stands below a heading `Appendix …` into a `<details>`."
    for section in list(doctree.findall(nodes.section)):
        title = section.next_node(nodes.title)
        if title is None or not title.astext().startswith('Appendix'): continue
        rest = section.children[section.index(title) + 1:]
        del section.children[section.index(title) + 1:]
        begin = '<details class="appendix"><summary>Show the proofs and the refusals</summary>'
        section += nodes.raw('', begin, format='html')
        section.extend(rest)
        section += nodes.raw('', '</details>', format='html')

def shorten_links(doctree, page, home):
    "Make links to the published site relative; a folder's means its index.html."
    up = '../'*page.count('/')
    for link in doctree.findall(nodes.reference):
        target = link.get('refuri', '')
        if not target.startswith(home): continue
        file, mark, anchor = target.removeprefix(home).partition('#')
        if not file or file.endswith('/'): file += 'index.html'
        link['refuri'] = up + file + mark + anchor

def resolved(app, doctree, page):
    fold_appendix(doctree)
    shorten_links(doctree, page, app.config.html_baseurl)

def setup(app):
    app.connect('doctree-resolved', resolved)
    return dict(version='1', parallel_read_safe=True, parallel_write_safe=True)
