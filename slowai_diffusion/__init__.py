"""Diffusion models on Fashion-MNIST: a course in notebooks and a small library.

`from slowai_diffusion import sample` and the like import a module when they are asked for it."""
__version__ = "0.1.0"
from .front import OFFERED, offered as __getattr__

__all__ = list(OFFERED)

def __dir__(): return sorted({*globals(), *OFFERED})
