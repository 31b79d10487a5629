"""Packaging: everything is read from settings.ini; the trained weights in `models/` travel as the
data-only package `slowai_diffusion.models`, without the histories of their trainings."""
import re
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

parser = ConfigParser(delimiters=['='])
parser.read('settings.ini', encoding='utf-8')
cfg = parser['DEFAULT']
lib, readme = cfg['lib_name'], Path('README.md')

def on_pypi(text):
    "README's links and pictures, which are relative to the project, as PyPI needs them"
    files = f'{cfg["git_url"]}/%s/{cfg["branch"]}/'
    text = re.sub(r'(!\[[^]]*\]\()(?![a-z]+:|#)', r'\1' + files % 'raw', text)
    return re.sub(r'(?<!!)(\[[^]]*\]\()(?![a-z]+:|#)', r'\1' + files % 'blob', text)

NOT_SHIPPED = 'history.json', 'checkpoint.pt', '.*'
packages, package_dir, package_data = find_packages(include=[lib, f'{lib}.*']), {}, {}
if Path('models').is_dir():
    data = f'{lib}.models'
    found = [p for p in sorted(Path('models').rglob('*')) if p.is_file()]
    shipped = [p for p in found if not any(p.match(o) for o in NOT_SHIPPED)]
    packages.append(data)
    package_dir[data] = 'models'
    package_data[data] = [p.relative_to('models').as_posix() for p in shipped]

setup(
    name=lib, version=cfg['version'], description=cfg['description'],
    keywords=cfg['keywords'].split(),
    long_description=on_pypi(readme.read_text(encoding='utf-8')) if readme.exists() else '',
    long_description_content_type='text/markdown',
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'],
    license='Apache-2.0', license_files=['LICENSE'],
    classifiers=['Development Status :: 3 - Alpha', 'Intended Audience :: Developers',
                 'Natural Language :: English', 'Programming Language :: Python :: 3'],
    python_requires=f">={cfg['min_python']}",
    packages=packages, package_dir=package_dir, package_data=package_data,
    include_package_data=False, zip_safe=False,
    install_requires=cfg['requirements'].split(),
    extras_require={k: cfg[f'{k}_requirements'].split() for k in ('dev', 'runs', 'data', 'web', 'site')},
    entry_points={'console_scripts': cfg['console_scripts'].split(),
                  'nbdev': [f'{lib}={lib}._modidx:d']},
)
