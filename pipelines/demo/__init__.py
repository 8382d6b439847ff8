"""A loopback server that answers as each source of the demo company would, from `data.sample`."""

from pipelines.demo.billing_files import write_billing
from pipelines.demo.faults import Faults
from pipelines.demo.register_files import write_registers
from pipelines.demo.server import application, serve, serving

__all__ = ["Faults", "application", "serve", "serving", "write_billing", "write_registers"]
