"Configuration of the site, for Sphinx."
from configparser import ConfigParser
from pathlib import Path

root = Path(__file__).resolve().parents[2]
settings = ConfigParser(delimiters=['='])
settings.read(root/'settings.ini', encoding='utf-8')
settings = settings['DEFAULT']

project = settings['title']
author = settings['author']
copyright = settings['copyright']
release = settings['version']

extensions = ['myst_nb', 'extension']
source_suffix = {'.md': 'myst-nb', '.ipynb': 'myst-nb'}
nb_execution_mode = 'off'
nb_merge_streams = True
nb_render_markdown_format = 'myst'
nb_mime_priority_overrides = [('html', 'text/html', 1)]
myst_enable_extensions = ['amsmath', 'attrs_inline', 'dollarmath', 'html_image']
myst_heading_anchors = 4
myst_url_schemes = dict(
    http=None, https=None, mailto=None,
    repository=settings['git_url'] + '/blob/' + settings['branch'] + '/{{path}}')
myst_dmath_double_inline = True
suppress_warnings = ['mystnb.unknown_mime_type']

html_theme = 'sphinx_book_theme'
html_title = project
html_static_path = ['static', 'node_modules/mathjax/es5/tex-svg.js']
html_context = dict(default_mode='auto')
html_css_files = ['site.css']
html_js_files = ['site.js']
html_show_sourcelink = False
html_copy_source = False
html_baseurl = settings['doc_host'] + settings['doc_baseurl'] + '/'
mathjax_path = 'tex-svg.js'
html_theme_options = dict(
    navbar_persistent=[], navbar_start=[], navbar_center=[], navbar_end=[],
    repository_url=settings['git_url'], use_repository_button=True, use_download_button=False,
    use_fullscreen_button=False, home_page_in_toc=True, show_toc_level=2, navigation_with_keys=True)
